//! Curves: what an operation costs against how many sources there are, both on logarithmic scales, a
//! curve for each library and a panel for each kind of source.

use anyhow::{anyhow, Result};
use plotters::prelude::*;

use super::programs::MAINSPRING;
use super::record::{Measured, Record};
use super::scenarios::Figure;
use super::statistics::Spread;

const SIZE: (u32, u32) = (1280, 960);

/// A panel: scenarios that differ in a number alone.
struct Panel {
    title: &'static str,
    /// What stands before the number in their names.
    before: &'static str,
    /// The scenario with none of what the number counts, shown as one.
    alone: Option<&'static str>,
}

const PANELS: [Panel; 4] = [
    Panel {
        title: "eventfd round trip beside N quiet descriptors",
        before: "pingpong:eventfd+",
        alone: Some("pingpong:eventfd"),
    },
    Panel { title: "iteration beside N far timers", before: "timer-far:", alone: Some("idle:1") },
    Panel { title: "dispatch of one of N ready descriptors", before: "all-active:", alone: None },
    Panel {
        title: "a watch for one read beside N quiet descriptors",
        before: "io-oneshot:",
        alone: None,
    },
];

/// A colour that stays the library's own in every panel.
fn colour(library: &str) -> RGBColor {
    match library {
        "mainspring" => RGBColor(200, 30, 30),
        "overlay" => RGBColor(230, 130, 130),
        "GLib" => RGBColor(30, 30, 30),
        "libev" => RGBColor(30, 110, 200),
        "libuv" => RGBColor(30, 150, 90),
        "libevent" => RGBColor(200, 130, 20),
        "sd-event" => RGBColor(130, 60, 170),
        _ => RGBColor(150, 150, 150),
    }
}

/// The number of sources a name tells.
fn sources(panel: &Panel, name: &str) -> Option<f64> {
    if panel.alone == Some(name) {
        return Some(1.0);
    }
    let count: f64 = name.strip_prefix(panel.before)?.parse().ok()?;
    Some(count.max(1.0))
}

/// The median costs of a library by number of sources.
fn curve(record: &Record, panel: &Panel, library: &str) -> Vec<(f64, f64)> {
    let point = |measured: &Measured| -> Option<(f64, f64)> {
        let count = sources(panel, &measured.name)?;
        Some((count, Spread::of(&measured.figures(library, Figure::Cpu))?.median))
    };
    let mut points: Vec<(f64, f64)> = record.measured.iter().filter_map(point).collect();
    points.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    points
}

pub fn svg(record: &Record) -> Result<String> {
    let mut text = String::new();
    let area = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
    draw(record, &area).map_err(|error| anyhow!("drawing the curves: {error}"))?;
    drop(area);
    Ok(text)
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Outcome = Result<(), Box<dyn std::error::Error>>;

fn draw(record: &Record, area: &Area<'_>) -> Outcome {
    area.fill(&WHITE)?;
    for (panel, area) in PANELS.iter().zip(area.split_evenly((2, 2))) {
        draw_panel(record, panel, &area)?;
    }
    area.present()?;
    Ok(())
}

fn draw_panel(record: &Record, panel: &Panel, area: &Area<'_>) -> Outcome {
    let libraries = record.conditions.libraries.iter().map(|(name, _)| name.as_str());
    let mut curves: Vec<(&str, Vec<(f64, f64)>)> =
        libraries.map(|name| (name, curve(record, panel, name))).collect();
    // Ours is drawn last, over the others.
    curves.sort_by_key(|(name, _)| *name == MAINSPRING);
    let points = || curves.iter().flat_map(|(_, points)| points);
    let most = |of: fn(&(f64, f64)) -> f64| points().map(of).fold(1.0, f64::max);
    let least = points().map(|(_, cost)| *cost).fold(1000.0, f64::min);

    let mut chart = ChartBuilder::on(area)
        .caption(panel.title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(70)
        .build_cartesian_2d(
            (1.0..most(|(count, _)| *count) * 1.5).log_scale(),
            (least * 0.7..most(|(_, cost)| *cost) * 1.5).log_scale(),
        )?;
    chart
        .configure_mesh()
        .x_desc("sources")
        .y_desc("CPU, ns per operation")
        .x_label_formatter(&|count| format!("{count}"))
        .y_label_formatter(&|cost| format!("{cost}"))
        .light_line_style(RGBColor(240, 240, 240))
        .draw()?;
    for (name, points) in curves.iter().filter(|(_, points)| !points.is_empty()) {
        let width = if *name == MAINSPRING { 3 } else { 1 };
        let style = colour(name).stroke_width(width);
        chart
            .draw_series(LineSeries::new(points.iter().copied(), style).point_size(3))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .border_style(RGBColor(200, 200, 200))
        .draw()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_sources_is_read_off_the_name() {
        let [pingpong, _, active, _] = PANELS;
        assert_eq!(sources(&pingpong, "pingpong:eventfd+1000"), Some(1000.0));
        assert_eq!(sources(&pingpong, "pingpong:eventfd"), Some(1.0));
        assert_eq!(sources(&active, "pingpong:eventfd"), None);
        assert_eq!(sources(&active, "all-active:10"), Some(10.0));
    }
}
