//! (room playbooks)
