//! Drives a sandbox as a Slack app would.
