//! `workforce init`: the smallest company that does something useful. It never overwrites anything.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

/// The exit status when a file is there already.
const EXIT_THERE: u8 = 1;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to write
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Your name
    #[arg(long, default_value = "Kim Osei")]
    name: String,
    /// Your handle in Slack
    #[arg(long, default_value = "kim")]
    handle: String,
    /// Your address in Slack, which ties you to your account
    #[arg(long, default_value = "kim@example.com")]
    email: String,
    /// The channel to begin in
    #[arg(long, default_value = "support")]
    channel: String,
    /// Your time zone
    #[arg(long, default_value = "UTC")]
    timezone: String,
}

const COMPANY: &str = "\
# Our company

## Who is who

- {name} (@{handle}, {email}), keeper of these files

## Channels

- #{channel}: questions and their answers

## Triage

The triage person is {name} (@{handle}).

## Time

Our time zone is {timezone}.

## Upkeep

Directives are kept by @{handle}.
";

const ROUTING: &str = "\
# Who takes what

Greeting questions go to the welcome agent.
By greeting we mean welcome, introductions and onboarding.
Anything mentioning legal or a lawyer gets escalated to @{handle}.
If nobody answers within 2 hours, tell @{handle}.
";

const ROLE: &str = "\
---
role: welcome
owner: \"@{handle}\"
supervisor: \"@{handle}\"
review every: 90 days
positions:
  - id: welcome-agent
    name: Wim (Welcome)
    icon: \":wave:\"
    driver: playbook
    since: {today}
    status: active
---

# Welcome

Answers whoever is new here. It only reads and speaks: it has no tools.

## Playbook: Say hello

When a request is about greeting.

1. Answer: Welcome! Ask in #{channel} whatever you need; {name} sees what I cannot answer.
";

const SETTINGS: &str = "\
# docs/configuration.md says what else can stand here. Tokens never do: they come from the environment.
database_url = \"sqlite:workforce.db\"
directives = \"directives\"

[slack]
# Channels in which every new message is a request, without a mention.
watched_channels = []
";

const SERVICE: &str = "\
# Copy to /etc/systemd/system/workforce.service, correct the paths, then: systemctl enable --now workforce
[Unit]
Description=workforce: hands work to the right person or agent in Slack
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/local/bin/workforce serve --config /srv/workforce/workforce.toml --log-format json
WorkingDirectory=/srv/workforce
User=workforce
# Each file holds one token, readable by root only; the service sees copies that nobody else does.
LoadCredential=app-token:/etc/workforce/app-token
LoadCredential=bot-token:/etc/workforce/bot-token
Environment=SLACK_APP_TOKEN_FILE=%d/app-token SLACK_BOT_TOKEN_FILE=%d/bot-token
Restart=on-failure
RestartSec=5
# It finishes what it has in hand within ten seconds.
TimeoutStopSec=20
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
ReadWritePaths=/srv/workforce

[Install]
WantedBy=multi-user.target
";

/// What is written where, below the folder.
const FILES: &[(&str, &str)] = &[
    ("directives/company.md", COMPANY),
    ("directives/routing.md", ROUTING),
    ("directives/roles/welcome.md", ROLE),
    ("workforce.toml", SETTINGS),
    ("workforce.service", SERVICE),
];

/// Writes all files or none; exits 1 when one of them is there already.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let there: Vec<&str> =
        FILES.iter().map(|(path, _)| *path).filter(|path| args.dir.join(path).symlink_metadata().is_ok()).collect();
    if !there.is_empty() {
        eprintln!("Nothing was written: {} is there already. Name another folder.", there.join(", "));
        return Ok(ExitCode::from(EXIT_THERE));
    }
    for (path, text) in FILES {
        write_new(&args.dir.join(path), &filled_in(text, &args))?;
        println!("wrote {}", args.dir.join(path).display());
    }
    let folder = args.dir.join("directives");
    println!(
        "\nNext:\n  workforce check {}\n  workforce manifest      paste it at api.slack.com/apps → Create New App → From a manifest\n  \
         workforce doctor        once SLACK_APP_TOKEN and SLACK_BOT_TOKEN are set\n  workforce directives accept\n  workforce serve\n\
         First safe step: in #{}, write “@workforce welcome! who are you?” It only answers.",
        folder.display(),
        args.channel.trim_start_matches('#')
    );
    Ok(ExitCode::SUCCESS)
}

fn filled_in(text: &str, args: &Args) -> String {
    let today = crate::clock::Clock::system().now().to_utc().date_naive().to_string();
    text.replace("{name}", &args.name)
        .replace("{handle}", args.handle.trim_start_matches('@'))
        .replace("{email}", &args.email)
        .replace("{channel}", args.channel.trim_start_matches('#'))
        .replace("{timezone}", &args.timezone)
        .replace("{today}", &today)
}

fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    let cannot = || format!("{} cannot be written", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(cannot)?;
    }
    // Whoever made it in the meantime keeps it.
    let mut file = std::fs::File::create_new(path).with_context(cannot)?;
    file.write_all(text.as_bytes()).with_context(cannot)
}
