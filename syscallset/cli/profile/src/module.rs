//! A file with its functions and the references between them.

use std::path::PathBuf;

use crate::functions::{self, Function};
use crate::image::{Image, Slot, Symbol, SymbolKind};
use crate::objects::Objects;
use crate::scan::Ref;

/// A program or library.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) path: PathBuf,
    pub(crate) image: Image,
    pub(crate) functions: Vec<Function>,
    pub(crate) refs: Vec<Ref>,
    pub(crate) objects: Objects,
    /// The functions' symbols by address, for names.
    names: Vec<(u64, String)>,
}

impl Module {
    /// Finds out what a file consists of.
    pub(crate) fn new(path: PathBuf, image: Image) -> Self {
        let (functions, refs) = functions::find(&image);
        let objects = Objects::new(&image, &refs);
        let symbols = image.locals.iter().chain(&image.exports);
        let functions_named = symbols.filter(|symbol| {
            symbol.defined
                && (symbol.kind.is_code()
                    || symbol.kind == SymbolKind::Other && image.is_code(symbol.address))
        });
        let mut names: Vec<_> = functions_named
            .map(|symbol| (symbol.address, symbol.name.clone()))
            .collect();
        names.extend(
            image
                .go
                .iter()
                .map(|function| (function.start, function.name.clone())),
        );
        // Of several names, the one with the fewest underscores in front, which is the public one.
        names.sort_by_cached_key(|(address, name)| (*address, name.starts_with('_'), name.clone()));
        names.dedup_by_key(|(address, _)| *address);
        Self {
            path,
            image,
            functions,
            refs,
            objects,
            names,
        }
    }

    /// The file name.
    pub(crate) fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// The function that the code at an address belongs to.
    pub(crate) fn function(&self, address: u64) -> Option<usize> {
        let index = self
            .functions
            .partition_point(|function| function.range.start <= address);
        let index = index.checked_sub(1)?;
        self.functions[index]
            .range
            .contains(&address)
            .then_some(index)
    }

    /// The references from a function.
    pub(crate) fn refs_of(&self, function: usize) -> &[Ref] {
        &self.refs[self.functions[function].refs.clone()]
    }

    /// The relocated words in a range.
    pub(crate) fn slots(&self, start: u64, end: u64) -> impl Iterator<Item = (usize, u64, Slot)> {
        let relocations = &self.image.relocations;
        let first = relocations.partition_point(|relocation| relocation.address < start);
        let in_range = relocations[first..]
            .iter()
            .take_while(move |other| other.address < end);
        in_range
            .enumerate()
            .map(move |(index, relocation)| (first + index, relocation.address, relocation.slot))
    }

    /// The name of the function at an address, and how far behind its start the address is. Without symbols, the
    /// start of the function is all the name there is.
    pub(crate) fn describe(&self, address: u64) -> String {
        let start = self
            .function(address)
            .map_or(address, |index| self.functions[index].range.start);
        let index = self.names.partition_point(|(other, _)| *other <= address);
        match index.checked_sub(1).map(|index| &self.names[index]) {
            Some((at, name)) if *at >= start => match address - at {
                0 => name.clone(),
                offset => format!("{name}+{offset:#x}"),
            },
            _ if address == start => format!("{start:#x}"),
            _ => format!("{start:#x}+{:#x}", address - start),
        }
    }

    /// The name of the object at an address, and how far behind its start the address is; the address itself if the
    /// object has no name.
    pub(crate) fn describe_data(&self, address: u64) -> String {
        let symbols = self.image.locals.iter().chain(&self.image.exports);
        let mut objects = symbols.filter(|symbol| {
            symbol.defined
                && symbol.kind == SymbolKind::Object
                && (symbol.address..symbol.address.saturating_add(symbol.size)).contains(&address)
        });
        match objects.next() {
            Some(symbol) if symbol.address == address => symbol.name.clone(),
            Some(symbol) => format!("{}+{:#x}", symbol.name, address - symbol.address),
            None => format!("{address:#x}"),
        }
    }

    /// The symbol of a name that is defined here, whether other modules see it or not.
    pub(crate) fn symbol(&self, name: &str) -> Option<&Symbol> {
        let symbols = self.image.locals.iter().chain(&self.image.exports);
        symbols
            .into_iter()
            .find(|symbol| symbol.defined && symbol.name == name)
    }
}
