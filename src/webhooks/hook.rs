//! From JSON to what is asked for, by the hook's templates: minijinja with a limit on work, and values that must be there.

use minijinja::{Environment, UndefinedBehavior};
use serde_json::Value;

/// Instructions that one template may take.
const FUEL: u64 = 50_000;
/// A key longer than this is cut: what differs later does not count.
const LONGEST_KEY: usize = 500;

/// A hook's templates, read once.
#[derive(Debug, Clone)]
pub struct Templates {
    text: String,
    conversation: Option<String>,
    id: Option<String>,
}

/// A delivery, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Empty: nothing is asked for.
    pub text: String,
    pub conversation: Option<String>,
    pub id: Option<String>,
}

impl Templates {
    /// Which template is wrong, and how.
    pub fn read(text: &str, conversation: Option<&str>, id: Option<&str>) -> Result<Self, (&'static str, String)> {
        for (key, template) in [("text", Some(text)), ("conversation", conversation), ("id", id)] {
            if let Some(template) = template {
                environment().template_from_str(template).map_err(|error| (key, error.to_string()))?;
            }
        }
        let owned = |template: Option<&str>| template.map(str::to_owned);
        Ok(Self { text: text.to_owned(), conversation: owned(conversation), id: owned(id) })
    }

    /// Fails where a template asks for something that the delivery does not hold.
    pub fn render(&self, delivery: &Value) -> Result<Asked, String> {
        let environment = environment();
        let render = |template: &str| {
            environment
                .render_str(template, minijinja::Value::from(minijinja::value::Serde(delivery)))
                .map(|text| text.trim().to_owned())
                .map_err(|error| error.to_string())
        };
        let key = |template: &Option<String>| -> Result<Option<String>, String> {
            let Some(template) = template else { return Ok(None) };
            let key: String = render(template)?.chars().take(LONGEST_KEY).collect();
            Ok((!key.is_empty()).then_some(key))
        };
        let text = render(&self.text)?;
        if text.is_empty() {
            return Ok(Asked { text, conversation: None, id: None });
        }
        Ok(Asked { text, conversation: key(&self.conversation)?, id: key(&self.id)? })
    }
}

/// Nothing can be included or loaded, and what is printed must be there.
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_delivery_becomes_a_request() {
        let text = "{% if type == 'dispute' %}Invoice {{ data.id }} is disputed{% endif %}";
        let templates = Templates::read(text, Some("{{ data.id }}"), Some("{{ id }}")).unwrap();
        let asked = templates.render(&json!({ "type": "dispute", "id": "evt_1", "data": { "id": "in_9" } })).unwrap();
        assert_eq!(asked.text, "Invoice in_9 is disputed");
        assert_eq!((asked.conversation.as_deref(), asked.id.as_deref()), (Some("in_9"), Some("evt_1")));
        assert_eq!(templates.render(&json!({ "type": "paid" })).unwrap().text, "");
        assert!(templates.render(&json!({ "type": "dispute" })).is_err(), "what is printed must be there");
    }

    #[test]
    fn a_template_cannot_work_for_ever_or_be_broken() {
        let endless = Templates::read(
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
            None,
            None,
        );
        assert!(endless.unwrap().render(&json!({})).is_err());
        assert_eq!(Templates::read("x", Some("{% if"), None).unwrap_err().0, "conversation");
    }
}
