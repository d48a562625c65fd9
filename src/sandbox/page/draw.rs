//! The page's model → HTML. Every text is escaped by the template engine, since all templates are named `.html`.

use std::sync::OnceLock;

use minijinja::value::Serde;
use minijinja::{Environment, context};

use super::model::PageModel;

fn templates() -> &'static Environment<'static> {
    static TEMPLATES: OnceLock<Environment<'static>> = OnceLock::new();
    TEMPLATES.get_or_init(|| {
        let mut templates = Environment::new();
        for (name, text) in [
            ("page.html", include_str!("page.html")),
            ("message.html", include_str!("message.html")),
            ("blocks.html", include_str!("blocks.html")),
            ("inputs.html", include_str!("inputs.html")),
            ("editor.html", include_str!("editor.html")),
        ] {
            templates
                .add_template(name, text)
                .expect("the templates are part of the program and a test draws them all");
        }
        templates
    })
}

/// The page as HTML; or what is wrong with the template.
pub(super) fn page(model: &PageModel) -> Result<String, String> {
    let drawn = templates().get_template("page.html").and_then(|page| page.render(context! { page => Serde(model) }));
    drawn.map_err(|error| format!("the page cannot be drawn: {error:#}"))
}
