//! From rustdoc's JSON to a line for each public item.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::print::{array, bounds, function, generics, name, path, type_};

/// The crate's interface.
pub struct Interface {
    /// A line for each item.
    pub lines: BTreeSet<String>,
    /// Types, functions and macros whose documentation has no example that runs.
    pub without_example: BTreeSet<String>,
}

/// Reads the crate's interface.
pub(crate) fn listing(json: &Value) -> Result<Interface, String> {
    let mut listing = Listing {
        index: &json["index"],
        lines: BTreeSet::new(),
        without_example: BTreeSet::new(),
    };
    let root = listing.item(&json["root"])?;
    for id in array(&root["inner"]["module"]["items"]) {
        listing.add(id)?;
    }
    Ok(Interface {
        lines: listing.lines,
        without_example: listing.without_example,
    })
}

struct Listing<'a> {
    index: &'a Value,
    lines: BTreeSet<String>,
    without_example: BTreeSet<String>,
}

impl<'a> Listing<'a> {
    fn item(&self, id: &Value) -> Result<&'a Value, String> {
        let item = &self.index[id.to_string()];
        if item.is_null() {
            return Err(format!("rustdoc's index has no item {id}"));
        }
        Ok(item)
    }

    fn line(&mut self, item: &Value, mut text: String) {
        let attributes = array(&item["attrs"]);
        let closed = attributes
            .iter()
            .any(|attribute| attribute == "non_exhaustive");
        let must_use = attributes
            .iter()
            .any(|attribute| !attribute["must_use"].is_null());
        if must_use {
            text.insert_str(0, "#[must_use] ");
        }
        if closed {
            text.insert_str(0, "#[non_exhaustive] ");
        }
        self.lines.insert(text);
    }

    /// Looks for an example in the documentation of an item that should have one.
    fn example(&mut self, item: &Value, name: &str) {
        let docs = item["docs"].as_str().unwrap_or_default();
        if !docs.lines().any(|line| line == "```") {
            self.without_example.insert(name.to_owned());
        }
    }

    /// An item of the crate's root, by itself or by way of `pub use`.
    fn add(&mut self, id: &Value) -> Result<(), String> {
        let item = self.item(id)?;
        let (kind, inner) = kind(item)?;
        let name = name(item);
        if !["use", "module"].contains(&kind) {
            self.example(item, name);
        }
        match kind {
            "use" => {
                let target = &self.index[inner["id"].to_string()];
                // A macro of another crate.
                if target.is_null() || target["crate_id"] != item["crate_id"] {
                    let source = inner["source"].as_str().unwrap_or_default();
                    self.example(item, source);
                    self.line(item, format!("pub use {source}"));
                    return Ok(());
                }
                return self.add(&inner["id"]);
            }
            "macro" => self.line(item, format!("pub macro {name}!")),
            "proc_macro" => self.line(item, format!("pub proc macro {name}")),
            "function" => self.line(item, format!("pub {}", function(item, name))),
            "module" => {
                // Modules of the documentation have no items.
                for id in array(&inner["items"]) {
                    self.add(id)?;
                }
            }
            "struct" => {
                self.line(
                    item,
                    format!("pub struct {name}{}", generics(&inner["generics"])),
                );
                self.fields(name, &inner["kind"]["plain"]["fields"])?;
                self.implementations(name, &inner["impls"])?;
            }
            "enum" => {
                self.line(
                    item,
                    format!("pub enum {name}{}", generics(&inner["generics"])),
                );
                for id in array(&inner["variants"]) {
                    self.variant(name, id)?;
                }
                self.implementations(name, &inner["impls"])?;
            }
            "trait" => {
                self.line(
                    item,
                    format!("pub trait {name}{}", bounds(&inner["bounds"], ": ")),
                );
                self.members(name, &inner["items"])?;
                self.implementations(name, &inner["implementations"])?;
            }
            kind => return Err(format!("no rule for the {kind} `{name}`")),
        }
        Ok(())
    }

    fn variant(&mut self, owner: &str, id: &Value) -> Result<(), String> {
        let item = self.item(id)?;
        let variant = format!("{owner}::{}", name(item));
        let kind = &item["inner"]["variant"]["kind"];
        let fields = array(&kind["tuple"])
            .iter()
            .map(|id| Ok(type_(&self.item(id)?["inner"]["struct_field"])))
            .collect::<Result<Vec<_>, String>>()?;
        let fields = if fields.is_empty() {
            String::new()
        } else {
            format!("({})", fields.join(", "))
        };
        self.line(item, format!("pub {variant}{fields}"));
        self.fields(&variant, &kind["struct"]["fields"])
    }

    fn fields(&mut self, owner: &str, ids: &Value) -> Result<(), String> {
        for id in array(ids) {
            let item = self.item(id)?;
            let field = type_(&item["inner"]["struct_field"]);
            self.line(item, format!("pub {owner}.{}: {field}", name(item)));
        }
        Ok(())
    }

    fn members(&mut self, owner: &str, ids: &Value) -> Result<(), String> {
        for id in array(ids) {
            let item = self.item(id)?;
            let (kind, inner) = kind(item)?;
            let member = format!("{owner}::{}", name(item));
            let text = match kind {
                "function" => {
                    self.example(item, &member);
                    function(item, &member)
                }
                "assoc_const" => format!("const {member}: {}", type_(&inner["type"])),
                "assoc_type" => format!("type {member}"),
                kind => return Err(format!("no rule for the {kind} `{member}`")),
            };
            self.line(item, format!("pub {text}"));
        }
        Ok(())
    }

    fn implementations(&mut self, owner: &str, ids: &Value) -> Result<(), String> {
        for id in array(ids) {
            let item = self.item(id)?;
            let inner = &item["inner"]["impl"];
            if !inner["blanket_impl"].is_null() {
                continue;
            }
            if inner["trait"].is_null() {
                self.members(owner, &inner["items"])?;
                continue;
            }
            let implemented = path(&inner["trait"]);
            // Not stable, and not promised by anybody.
            if ["Freeze", "StructuralPartialEq", "UnsafeUnpin"].contains(&implemented.as_str()) {
                continue;
            }
            let not = if inner["is_negative"] == true {
                "!"
            } else {
                ""
            };
            let parameters = generics(&inner["generics"]);
            let subject = type_(&inner["for"]);
            self.line(
                item,
                format!("impl{parameters} {not}{implemented} for {subject}"),
            );
        }
        Ok(())
    }
}

/// What an item is, and its description.
fn kind(item: &Value) -> Result<(&str, &Value), String> {
    item["inner"]
        .as_object()
        .and_then(|inner| inner.iter().next())
        .map(|(kind, inner)| (kind.as_str(), inner))
        .ok_or_else(|| format!("an item without a kind: {item}"))
}
