//! The example company, embedded, so that the demo plays wherever the program stands. A test proves that it is the folder.

use std::collections::BTreeMap;

macro_rules! embedded {
    ($($path:literal),+ $(,)?) => {
        /// Every file by its path relative to the directives' folder.
        const FILES: &[(&str, &str)] =
            &[$(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/directives/", $path)))),+];
    };
}

embedded! {
    "approvals.md",
    "company.md",
    "policies/refunds.rego",
    "policies/refunds_test.rego",
    "rehearsals/accounts.md",
    "rehearsals/editing.md",
    "rehearsals/leaving.md",
    "rehearsals/onboarding.md",
    "rehearsals/orders.md",
    "rehearsals/night.md",
    "rehearsals/people.md",
    "rehearsals/refunds.md",
    "rehearsals/reminders.md",
    "roles/assistant.md",
    "roles/engineering.md",
    "roles/finance-manager.md",
    "roles/finance-operations.md",
    "roles/hr.md",
    "roles/it.md",
    "roles/legal-desk.md",
    "roles/onboarding.md",
    "roles/orders.md",
    "roles/procurement.md",
    "roles/support-desk.md",
    "roles/support-lead.md",
    "routing.md",
    "schedules.md",
    "tools.lock",
    "workflows/onboarding.md",
}

/// The texts of all files by path, as `read_directory` gives them.
pub fn files() -> BTreeMap<String, String> {
    FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn what_is_embedded_is_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("directives");
        let read = crate::flow::directory::read_directory(&folder).unwrap();
        assert_eq!(super::files().keys().collect::<Vec<_>>(), read.keys().collect::<Vec<_>>());
        assert_eq!(super::files(), read);
    }
}
