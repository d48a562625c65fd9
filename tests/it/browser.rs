//! The demo's page in a real browser: somebody mentions the bot, a manager approves on a phone, the result is read, and a
//! directive is edited while it is in force.
//!
//! `WORKFORCE_SCREENSHOTS=1` makes the pictures of `docs/` on the way.

#[cfg(feature = "sandbox")]
mod cards;
mod chromium;
mod demo;
mod growing;

use std::io::Write as _;
use std::path::Path;

use chromium::{Chromium, Tab};
use demo::Demo;

/// Set to make the pictures in `docs/pictures` anew.
const SCREENSHOTS: &str = "WORKFORCE_SCREENSHOTS";

/// The browser, or nothing where there is none; CI must have one.
async fn browser() -> Option<Chromium> {
    match chromium::find() {
        Ok(program) => Some(Chromium::start(&program).await),
        Err(why) => {
            // Past the harness's capture: what was not tested must be seen.
            let _ = writeln!(std::io::stderr(), "The page is not tested in a browser: {why}");
            assert!(std::env::var_os("CI").is_none(), "CI tests the page in a browser; install the package chromium");
            None
        }
    }
}

/// Keeps what the tab shows as a picture of the documentation, if pictures are wanted.
async fn keep(browser: &mut Chromium, tab: &Tab, name: &str) {
    if std::env::var_os(SCREENSHOTS).is_none() {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures");
    std::fs::create_dir_all(&folder).unwrap();
    let picture = browser.picture(tab).await;
    std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
}

/// Writes into the box below the messages and sends it.
async fn write(browser: &mut Chromium, tab: &Tab, text: &str) {
    browser.eval(tab, "document.getElementById('box').focus()").await;
    browser.types(tab, text).await;
    browser.presses(tab, "Enter", "\r").await;
    browser.wait(tab, "document.getElementById('box').value === ''").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_is_asked_for_approved_on_a_phone_and_read() {
    let Some(mut browser) = browser().await else { return };
    let demo = Demo::start();
    let ana = browser.open(&demo.page("as=ana&at=support"), 1280, 940, false).await;
    write(&mut browser, &ana, "@workforce where is order ORD-1042?").await;
    browser.wait_for_text(&ana, ".replies", "repl").await;
    write(&mut browser, &ana, "@workforce please refund ORD-1042, $450, it arrived broken").await;
    browser.wait(&ana, "document.querySelectorAll('.replies').length === 2").await;
    browser.click(&ana, ".replies", "repl").await;
    browser.wait_for_text(&ana, "#thread .b-actions", "Approve $450.00").await;
    browser.wait_for_text(&ana, "#thread", "Waits for Dana Ruiz or Omar Weiss to approve").await;
    keep(&mut browser, &ana, "channel").await;

    // Whoever asked is refused, and only they see it.
    browser.click(&ana, "#thread .button.primary", "Approve $450.00").await;
    browser.wait_for_text(&ana, ".message.private", "You asked for this yourself").await;

    let dana = browser.open(&demo.page("as=dana"), 390, 844, true).await;
    keep(&mut browser, &dana, "phone-list").await;
    browser.click(&dana, ".list nav a", "Direct messages").await;
    browser.wait_for_text(&dana, "#messages .b-actions", "Approve $450.00").await;
    keep(&mut browser, &dana, "phone-approve").await;
    browser.click(&dana, "#messages .button.primary", "Approve $450.00").await;
    browser.wait_for_text(&dana, "#messages", "Approved by").await;
    keep(&mut browser, &dana, "phone-approved").await;

    browser.wait_for_text(&ana, "#thread", "Refunded $450.00").await;
    keep(&mut browser, &ana, "channel-after").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directive_is_edited_while_it_is_in_force() {
    let Some(mut browser) = browser().await else { return };
    let demo = Demo::start();
    let kim = browser.open(&demo.page("as=kim&at=directives&file=approvals.md"), 1280, 800, false).await;
    browser.wait_for_text(&kim, "#verdict.good", "sentences are understood").await;

    // What does not hold is told as it is typed, with its place and a way to mend it.
    replace(&mut browser, &kim, "from a finance manager", "from a fianance manager").await;
    browser.wait_for_text(&kim, "#verdict.bad", "1 error").await;
    browser.wait_for_text(&kim, "#problems", "approvals.md:8:").await;
    browser.wait_for_text(&kim, "#problems .help", "did you mean finance-manager?").await;
    browser.wait(&kim, "document.querySelector('#marks mark.error').textContent.includes('fianance')").await;
    keep(&mut browser, &kim, "directives").await;
    let untouched = demo.directive("approvals.md");
    assert!(untouched.contains("from a finance manager"), "nothing is written before it is saved");

    replace(&mut browser, &kim, "from a fianance manager", "from a finance manager").await;
    replace(&mut browser, &kim, "$200", "$30").await;
    browser.wait_for_text(&kim, "#verdict.good", "Not saved").await;
    browser.click(&kim, "#save", "Save").await;
    browser.wait_for_text(&kim, "#verdict.good", "Saved, and in force").await;
    assert!(demo.directive("approvals.md").contains("Refunds above $30 need approval"));

    // The next refund of $40 waits, although it would have run before.
    let ana = browser.open(&demo.page("as=ana&at=support"), 1280, 800, false).await;
    write(&mut browser, &ana, "@workforce please refund ORD-1043, $40, it arrived broken").await;
    browser.click(&ana, ".replies", "repl").await;
    browser.wait_for_text(&ana, "#thread .b-actions", "Approve $40.00").await;
}

/// Changes the text in the editor as typing would.
async fn replace(browser: &mut Chromium, tab: &Tab, from: &str, to: &str) {
    let typed = format!(
        "(() => {{ const box = document.getElementById('directive');
           box.value = box.value.replaceAll({}, {}); box.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()",
        serde_json::json!(from),
        serde_json::json!(to)
    );
    browser.eval(tab, &typed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_commands_and_the_home_tab_work_by_keyboard_too() {
    let Some(mut browser) = browser().await else { return };
    let demo = Demo::start();
    let ana = browser.open(&demo.page("as=ana&at=support&try=1"), 1280, 800, false).await;
    assert_eq!(browser.eval(&ana, "document.activeElement.id").await, "box");
    browser.presses(&ana, "Enter", "\r").await;
    browser.wait_for_text(&ana, ".replies", "repl").await;
    write(&mut browser, &ana, "/workforce who-owns refunds").await;
    browser.wait_for_text(&ana, ".message.private", "Finn (Finance)").await;
    write(&mut browser, &ana, "@workforce please refund ORD-1042, $450, it arrived broken").await;

    // Dana finds it in her Home tab, reads the details, and declines it with a reason.
    let dana = browser.open(&demo.page("as=dana&at=home"), 1280, 800, false).await;
    browser.wait_for_text(&dana, "#home", "Refund $450.00 to order ORD-1042").await;
    browser.in_the_dark(&dana, true).await;
    keep(&mut browser, &dana, "home-dark").await;
    browser.click(&dana, "#home .button.danger", "Deny").await;
    browser.wait(&dana, "document.getElementById('modal')?.open").await;
    keep(&mut browser, &dana, "form-dark").await;
    // The first input has the focus.
    browser.wait(&dana, "document.activeElement.tagName === 'SELECT'").await;
    browser.presses(&dana, "Tab", "").await;
    browser.wait(&dana, "document.activeElement.tagName === 'TEXTAREA'").await;
    browser.types(&dana, "Replace it instead.").await;
    browser.click(&dana, "#modal footer .button.primary", "").await;
    browser.wait_for_text(&dana, "#modal", "Denied: Refund $450.00 to order ORD-1042").await;
    browser.presses(&dana, "Escape", "").await;
    browser.wait(&dana, "!document.getElementById('modal')").await;
    browser.wait_for_text(&dana, "#home", "Nothing waits for you").await;
}
