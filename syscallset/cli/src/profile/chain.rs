//! Ways through a program, for people and programs.

use std::io::{self, Write};

use rustc_demangle::demangle;
use serde::Serialize;
use syscallset_profile::{Chain, Place, Profile};

use crate::failure::Failure;
use crate::report::Report;
use crate::style::{DIM, HEADING};

/// A place, with the names of functions as people write them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Spot {
    module: String,
    address: u64,
    symbol: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    data: bool,
}

impl Spot {
    pub(crate) fn new(place: &Place) -> Self {
        let (name, offset) = match place.symbol.rsplit_once("+0x") {
            Some((name, offset)) => (name, Some(offset)),
            None => (place.symbol.as_str(), None),
        };
        // Without the hash that tells instances apart.
        let mut symbol = format!("{:#}", demangle(name));
        if let Some(offset) = offset {
            symbol.push_str("+0x");
            symbol.push_str(offset);
        }
        Self {
            module: place.module.clone(),
            address: place.address,
            symbol,
            data: place.is_data,
        }
    }

    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self {
            module,
            address,
            symbol,
            data,
        } = self;
        let kind = if *data { "data " } else { "" };
        write!(out, "{module}: {kind}{symbol}")?;
        if !symbol.starts_with("0x") || symbol.contains('+') {
            write!(out, " {DIM}({address:#x}){DIM:#}")?;
        }
        Ok(())
    }
}

/// A way to a system call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Way {
    /// Why the first place runs.
    root: &'static str,
    places: Vec<Spot>,
}

impl Way {
    pub(crate) fn new(chain: &Chain) -> Self {
        Self {
            root: chain.root,
            places: chain.places.iter().map(Spot::new).collect(),
        }
    }

    /// Writes a line for each place.
    pub(crate) fn write(&self, out: &mut dyn Write, indent: usize) -> io::Result<()> {
        writeln!(out, "{:indent$}{DIM}{}{DIM:#}", "", self.root)?;
        for place in &self.places {
            write!(out, "{:indent$}", "")?;
            place.write(out)?;
            writeln!(out)?;
        }
        Ok(())
    }
}

/// One way to each of some calls.
#[derive(Debug, Serialize)]
pub(crate) struct Explained {
    calls: Vec<Call>,
}

#[derive(Debug, Serialize)]
struct Call {
    call: String,
    /// Missing if the program cannot make the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    chain: Option<Way>,
}

impl Explained {
    pub(crate) fn new(profile: &Profile, calls: &[String]) -> Result<Self, Failure> {
        let explain = |call: &String| {
            if profile.arch().number(call).is_none() {
                let arch = profile.arch().name();
                return Err(
                    Failure::usage(format!("`{call}` is no system call of {arch}"))
                        .with_help("list them with `syscallset sets @known`"),
                );
            }
            let chain = profile.explain(call).map(|chain| Way::new(&chain));
            Ok(Call {
                call: call.clone(),
                chain,
            })
        };
        let calls = calls.iter().map(explain).collect::<Result<_, _>>()?;
        Ok(Self { calls })
    }

    /// 1 if the program cannot make one of the calls.
    pub(crate) fn status(&self) -> u8 {
        u8::from(self.calls.iter().any(|call| call.chain.is_none()))
    }
}

impl Report for Explained {
    const NAME: &'static str = "profile-explain";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        for (index, Call { call, chain }) in self.calls.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            writeln!(out, "{HEADING}{call}{HEADING:#}")?;
            match chain {
                Some(chain) => chain.write(out, 4)?,
                None => writeln!(out, "    no way was found")?,
            }
        }
        Ok(())
    }
}
