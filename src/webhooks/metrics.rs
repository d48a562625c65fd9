//! Figures as Prometheus reads them (prometheus.io, "Text-based format").

use std::fmt::Write as _;

/// One number with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub name: &'static str,
    pub help: &'static str,
    pub kind: Kind,
    pub labels: Vec<(&'static str, String)>,
    pub value: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
}

impl Figure {
    pub fn counter(name: &'static str, help: &'static str, value: u64) -> Self {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        Self { name, help, kind: Kind::Counter, labels: Vec::new(), value }
    }

    pub fn gauge(name: &'static str, help: &'static str, value: i64) -> Self {
        Self { name, help, kind: Kind::Gauge, labels: Vec::new(), value }
    }

    #[must_use]
    pub fn of(mut self, label: &'static str, value: impl Into<String>) -> Self {
        self.labels.push((label, value.into()));
        self
    }
}

/// Figures of one name must stand together.
pub fn render(figures: &[Figure]) -> String {
    let mut out = String::new();
    let mut last = "";
    for figure in figures {
        if figure.name != last {
            let kind = match figure.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
            };
            // Writing into a String cannot fail.
            let _ = writeln!(out, "# HELP {} {}\n# TYPE {} {kind}", figure.name, figure.help, figure.name);
            last = figure.name;
        }
        let labels: Vec<String> =
            figure.labels.iter().map(|(key, value)| format!("{key}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(out, "{}{labels} {}", figure.name, figure.value);
    }
    out
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_prometheus_reads_them() {
        let figures = [
            Figure::gauge("workforce_inbox_open", "Triggers that wait.", 3),
            Figure::counter("workforce_hook_total", "Deliveries.", 1).of("hook", "a\"b"),
            Figure::counter("workforce_hook_total", "Deliveries.", 2).of("hook", "c"),
        ];
        assert_eq!(
            render(&figures),
            "# HELP workforce_inbox_open Triggers that wait.\n# TYPE workforce_inbox_open gauge\nworkforce_inbox_open 3\n\
             # HELP workforce_hook_total Deliveries.\n# TYPE workforce_hook_total counter\n\
             workforce_hook_total{hook=\"a\\\"b\"} 1\nworkforce_hook_total{hook=\"c\"} 2\n"
        );
    }
}
