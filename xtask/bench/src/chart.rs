//! The figures for one list as a picture, for people who only look.

use std::fmt::Write as _;

use crate::candidates::{EXTRASAFE, LIBSECCOMP_LIST, LIBSECCOMP_TREE, SECCOMPILER, SYSCALLSET};
use crate::crates::LIBSECCOMP;
use crate::lists::list;
use crate::report::{Report, figure};

/// The list that the chart is about.
const LIST: &str = "d";

const PANEL_WIDTH: f64 = 410.0;
const PANELS_PER_LINE: usize = 2;
const MARGIN: f64 = 24.0;
const NAME_WIDTH: f64 = 158.0;
const FIGURE_WIDTH: f64 = 92.0;
const BAR_HEIGHT: f64 = 16.0;
const BAR_STEP: f64 = 23.0;
const HEAD: f64 = 76.0;
const PANEL_HEAD: f64 = 40.0;
const PANEL_GAP: f64 = 22.0;

/// Bars for one quantity.
struct Panel {
    title: &'static str,
    unit: &'static str,
    /// Names and figures, ours first.
    bars: Vec<(&'static str, f64)>,
}

/// Draws the chart.
///
/// # Errors
///
/// If the report lacks measurements that the chart shows.
pub fn chart(report: &Report) -> Result<String, String> {
    let panels = panels(report)?;
    let mut heights = Vec::new();
    for line in panels.chunks(PANELS_PER_LINE) {
        let bars = line.iter().map(|panel| panel.bars.len()).max().unwrap_or(0);
        heights.push(PANEL_HEAD + bars as f64 * BAR_STEP + PANEL_GAP);
    }
    let caption = caption(report);
    let panels_height: f64 = heights.iter().sum();
    let width = PANELS_PER_LINE as f64 * PANEL_WIDTH + (PANELS_PER_LINE + 1) as f64 * MARGIN;
    let height = HEAD + panels_height + caption.len() as f64 * 17.0 + MARGIN;

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"DejaVu Sans, Verdana, sans-serif\" \
         font-size=\"13\" fill=\"#1f2328\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    let filter = list(LIST).map_or("", |list| list.filter);
    text(
        &mut svg,
        MARGIN,
        34.0,
        "font-size=\"19\" font-weight=\"bold\"",
        &format!("A filter for {filter}, and what it costs"),
    );
    text(
        &mut svg,
        MARGIN,
        56.0,
        GREY,
        "Shorter is better; each panel has a scale of its own.",
    );
    let mut top = HEAD;
    for (line, height) in panels.chunks(PANELS_PER_LINE).zip(heights) {
        for (index, panel) in line.iter().enumerate() {
            let left = MARGIN + index as f64 * (PANEL_WIDTH + MARGIN);
            draw(&mut svg, panel, left, top);
        }
        top += height;
    }
    for (index, line) in caption.iter().enumerate() {
        text(
            &mut svg,
            MARGIN,
            top + 10.0 + index as f64 * 17.0,
            GREY,
            line,
        );
    }
    svg += "</svg>\n";
    Ok(svg)
}

const GREY: &str = "fill=\"#59636e\" font-size=\"12\"";

fn panels(report: &Report) -> Result<Vec<Panel>, String> {
    let peers = [LIBSECCOMP_TREE, LIBSECCOMP_LIST, SECCOMPILER];
    let libraries = [LIBSECCOMP_TREE, LIBSECCOMP_LIST, SECCOMPILER, EXTRASAFE];
    let programs = [LIBSECCOMP, SECCOMPILER, EXTRASAFE];
    [
        (
            "Program length",
            "instructions",
            "instructions",
            LIST,
            &peers[..],
        ),
        (
            "Executed for a refused call, mean",
            "instructions",
            "refused-mean",
            LIST,
            &peers[..],
        ),
        (
            "Loading the program: seccomp(2)",
            "µs",
            "install",
            LIST,
            &peers[..],
        ),
        (
            "Restricting a process, all of it",
            "µs",
            "path",
            LIST,
            &libraries[..],
        ),
        (
            "Hello world: run time added",
            "µs",
            "hello-wall",
            "more",
            &programs[..],
        ),
        (
            "Hello world: size added, stripped",
            "bytes",
            "hello-size",
            "more",
            &programs[..],
        ),
    ]
    .into_iter()
    .map(|(title, unit, section, column, others)| {
        let bar =
            |&name: &&'static str| Some((name, report.value(section, name, column)?.max(0.0)));
        let ours = bar(&SYSCALLSET).ok_or_else(|| {
            format!("the chart shows `{section}`, which was not measured\nhelp: leave `--only` out")
        })?;
        let bars = [ours].into_iter().chain(others.iter().filter_map(bar));
        Ok(Panel {
            title,
            unit,
            bars: bars.collect(),
        })
    })
    .collect()
}

fn draw(svg: &mut String, panel: &Panel, left: f64, top: f64) {
    let Panel { title, unit, bars } = panel;
    text(
        svg,
        left,
        top + 16.0,
        "font-weight=\"bold\"",
        &format!("{title}, {unit}"),
    );
    let most = bars
        .iter()
        .map(|bar| bar.1)
        .fold(f64::MIN_POSITIVE, f64::max);
    let ours = bars[0].1;
    for (index, (name, value)) in bars.iter().enumerate() {
        let y = top + PANEL_HEAD - 12.0 + index as f64 * BAR_STEP;
        let length = value / most * (PANEL_WIDTH - NAME_WIDTH - FIGURE_WIDTH);
        let (colour, weight) = if index == 0 {
            ("#0969da", "font-weight=\"bold\"")
        } else {
            ("#9aa4b0", "")
        };
        let base = y + BAR_HEIGHT - 3.5;
        text(svg, left, base, weight, name);
        let x = left + NAME_WIDTH;
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{BAR_HEIGHT}\" rx=\"2\" \
             fill=\"{colour}\"/>",
            length.max(1.5)
        );
        let mut label = figure(*value);
        if index > 0 && ours > 0.0 {
            let _ = write!(label, " ({}×)", figure(value / ours));
        }
        text(svg, x + length.max(1.5) + 6.0, base, weight, &label);
    }
}

fn caption(report: &Report) -> Vec<String> {
    let calls = list(LIST).map_or(0, |list| list.numbers().len());
    let mut lines = wrapped(&format!(
        "Since Linux 5.11 an allowed call costs the same under any of these filters: the kernel remembers \
         verdicts that depend on the call number alone, and does not run the program again. It runs it for \
         refused calls, at loading (for some 940 calls), and, before 5.11, for every call. The first three \
         panels compare programs for exactly the same {calls} calls; the others compare the whole filter \
         string, of which the others are given the numbers. Times are medians of fresh processes, by turns. \
         libseccomp is a shared library, which is not part of the program's size."
    ));
    lines.extend(wrapped(&report.machine.join("; ")));
    lines
}

/// Breaks a text into lines as wide as the chart.
fn wrapped(text: &str) -> Vec<String> {
    const CHARACTERS: usize = 120;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= CHARACTERS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn text(svg: &mut String, x: f64, y: f64, attributes: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" {attributes}>{text}</text>"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cell, Row, Section};

    fn report() -> Report {
        let section = |id, column: &str| Section {
            id,
            title: String::new(),
            unit: "",
            columns: vec![column.to_owned()],
            rows: [(SYSCALLSET, 10.0), (SECCOMPILER, 40.0)]
                .map(|(name, value)| Row {
                    name: name.to_owned(),
                    cells: vec![Some(Cell::count(value))],
                })
                .to_vec(),
            baseline: None,
            notes: Vec::new(),
        };
        Report {
            machine: vec!["a <fast> machine".to_owned()],
            sections: vec![
                section("instructions", LIST),
                section("refused-mean", LIST),
                section("install", LIST),
                section("path", LIST),
                section("hello-wall", "more"),
                section("hello-size", "more"),
            ],
            ..Report::default()
        }
    }

    #[test]
    fn charts_have_a_bar_for_each_figure() {
        let svg = chart(&report()).unwrap();
        // The background is one more.
        assert_eq!(svg.matches("<rect").count(), 1 + 6 * 2);
        assert_eq!(svg.matches(">40 (4×)<").count(), 6);
        assert!(svg.contains("a &lt;fast> machine"));
    }

    #[test]
    fn no_line_of_the_caption_is_too_long_and_no_word_is_lost() {
        let text = "word ".repeat(100) + "end";
        let lines = wrapped(&text);
        assert!(lines.iter().all(|line| line.len() <= 120));
        assert!(lines[..lines.len() - 1].iter().all(|line| line.len() > 110));
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn charts_need_their_measurements() {
        let mut report = report();
        report.sections.remove(2);
        let error = chart(&report).unwrap_err();
        assert!(error.contains("`install`"), "{error}");
    }
}
