//! Types and signatures of rustdoc's JSON, printed as in Rust, with the last part of every path.
//!
//! What is not known is printed as it is: a listing says too much rather than too little.

use serde_json::Value;

/// The elements of an array; none where there is no array.
pub(crate) fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The name of an item.
pub(crate) fn name(item: &Value) -> &str {
    item["name"].as_str().unwrap_or_default()
}

fn list(values: &Value, print: impl Fn(&Value) -> String) -> String {
    array(values)
        .iter()
        .map(print)
        .collect::<Vec<_>>()
        .join(", ")
}

/// A function's signature under the name given.
pub(crate) fn function(item: &Value, name: &str) -> String {
    let function = &item["inner"]["function"];
    let mut text = String::new();
    for (word, flag) in [
        ("const ", "is_const"),
        ("unsafe ", "is_unsafe"),
        ("async ", "is_async"),
    ] {
        if function["header"][flag] == true {
            text += word;
        }
    }
    let signature = &function["sig"];
    let inputs = list(&signature["inputs"], |input| {
        let (parameter, kind) = (input[0].as_str().unwrap_or("_"), type_(&input[1]));
        match (parameter, kind.as_str()) {
            ("self", "Self") => "self".to_owned(),
            ("self", "&Self") => "&self".to_owned(),
            ("self", "&mut Self") => "&mut self".to_owned(),
            _ => format!("{parameter}: {kind}"),
        }
    });
    let output = match &signature["output"] {
        Value::Null => String::new(),
        output => format!(" -> {}", type_(output)),
    };
    let parameters = generics(&function["generics"]);
    format!("{text}fn {name}{parameters}({inputs}){output}")
}

/// Parameters in angle brackets, and a `where` clause.
pub(crate) fn generics(generics: &Value) -> String {
    let parameters: Vec<_> = array(&generics["params"])
        .iter()
        .filter(|parameter| parameter["kind"]["type"]["is_synthetic"] != true)
        .map(|parameter| {
            let limits = bounds(&parameter["kind"]["type"]["bounds"], ": ");
            format!("{}{limits}", name(parameter))
        })
        .collect();
    let mut text = String::new();
    if !parameters.is_empty() {
        text = format!("<{}>", parameters.join(", "));
    }
    for predicate in array(&generics["where_predicates"]) {
        let bound = &predicate["bound_predicate"];
        text += " where ";
        if bound.is_null() {
            text += &predicate.to_string();
        } else {
            text += &type_(&bound["type"]);
            text += &bounds(&bound["bounds"], ": ");
        }
    }
    text
}

/// Bounds behind what introduces them; nothing if there are none.
pub(crate) fn bounds(values: &Value, before: &str) -> String {
    let printed: Vec<_> = array(values)
        .iter()
        .map(|bound| {
            if let Some(lifetime) = bound["outlives"].as_str() {
                lifetime.to_owned()
            } else if bound["trait_bound"].is_null() {
                bound.to_string()
            } else {
                let trait_ = path(&bound["trait_bound"]["trait"]);
                let maybe = bound["trait_bound"]["modifier"] == "maybe";
                if maybe { format!("?{trait_}") } else { trait_ }
            }
        })
        .collect();
    if printed.is_empty() {
        String::new()
    } else {
        format!("{before}{}", printed.join(" + "))
    }
}

/// A path with its arguments.
pub(crate) fn path(value: &Value) -> String {
    let whole = value["path"].as_str().unwrap_or_default();
    let last = whole.rsplit("::").next().unwrap_or(whole);
    let arguments = &value["args"]["angle_bracketed"];
    let mut printed: Vec<_> = array(&arguments["args"])
        .iter()
        .map(|argument| match argument {
            argument if !argument["type"].is_null() => type_(&argument["type"]),
            argument if !argument["lifetime"].is_null() => {
                argument["lifetime"].as_str().unwrap_or("'_").to_owned()
            }
            argument => argument.to_string(),
        })
        .collect();
    printed.extend(
        array(&arguments["constraints"])
            .iter()
            .map(Value::to_string),
    );
    if printed.is_empty() {
        last.to_owned()
    } else {
        format!("{last}<{}>", printed.join(", "))
    }
}

/// A type.
pub(crate) fn type_(value: &Value) -> String {
    let Some((kind, inner)) = value.as_object().and_then(|object| object.iter().next()) else {
        return value.to_string();
    };
    match kind.as_str() {
        "primitive" | "generic" => inner.as_str().unwrap_or_default().to_owned(),
        "resolved_path" => path(inner),
        "tuple" => format!("({})", list(inner, type_)),
        "slice" => format!("[{}]", type_(inner)),
        "array" => format!(
            "[{}; {}]",
            type_(&inner["type"]),
            inner["len"].as_str().unwrap_or("_")
        ),
        "impl_trait" => bounds(inner, "impl "),
        "borrowed_ref" => {
            let lifetime = inner["lifetime"].as_str().map(|name| format!("{name} "));
            let mutable = if inner["is_mutable"] == true {
                "mut "
            } else {
                ""
            };
            format!(
                "&{}{mutable}{}",
                lifetime.unwrap_or_default(),
                type_(&inner["type"])
            )
        }
        _ => value.to_string(),
    }
}
