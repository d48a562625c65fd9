//! Chromium from the system, headless, driven over its DevTools socket. Only what the tests need of the protocol.
//!
//! Nothing here sleeps: a wait is a promise in the page that an observer of its document fulfils.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// What Chromium is called by those who package it.
const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
/// How long the page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running browser; it ends with this value.
pub struct Chromium {
    child: Child,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next: u64,
    /// Profile and caches, for this run only.
    _profile: tempfile::TempDir,
}

/// One tab of it.
#[derive(Debug, Clone)]
pub struct Tab {
    session: String,
}

/// Where Chromium is; or why the test cannot run.
pub fn find() -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let all = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    all.into_iter()
        .find(|file| file.is_file())
        .ok_or_else(|| "no chromium on PATH; install the package chromium".to_owned())
}

impl Chromium {
    pub async fn start(program: &Path) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut child = Command::new(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
            .args(["--remote-debugging-port=0", "--force-color-profile=srgb", "--hide-scrollbars", "--lang=en-US"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut said = String::new();
        let address = lines.by_ref().find_map(|line| {
            said.push_str(&format!("{line}\n"));
            line.strip_prefix("DevTools listening on ").map(str::to_owned)
        });
        let address = address.unwrap_or_else(|| panic!("Chromium does not start:\n{said}"));
        // Its pipe must stay open and be emptied, or it stops at the next line that it writes.
        std::thread::spawn(move || lines.for_each(drop));
        let (socket, _answer) = tokio_tungstenite::connect_async(address).await.unwrap();
        Self { child, socket, next: 0, _profile: profile }
    }

    /// Opens a tab of this size, in CSS pixels, as a phone or not.
    pub async fn open(&mut self, url: &str, width: u32, height: u32, phone: bool) -> Tab {
        let target = self.call(None, "Target.createTarget", json!({ "url": "about:blank" })).await;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.call(None, "Target.attachToTarget", attach).await;
        let tab = Tab { session: attached["sessionId"].as_str().unwrap().to_owned() };
        self.resize(&tab, width, height, phone).await;
        self.in_the_dark(&tab, false).await;
        self.go(&tab, url).await;
        tab
    }

    pub async fn resize(&mut self, tab: &Tab, width: u32, height: u32, phone: bool) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        self.on(tab, "Emulation.setDeviceMetricsOverride", size).await;
    }

    pub async fn in_the_dark(&mut self, tab: &Tab, dark: bool) {
        let scheme = json!({ "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } });
        // Nothing moves, so that a picture never shows the middle of a movement.
        let still = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
        self.on(tab, "Emulation.setEmulatedMedia", json!({ "features": [scheme, still] })).await;
    }

    /// Opens an address and waits until the page's script has arrived there.
    pub async fn go(&mut self, tab: &Tab, url: &str) {
        let gone = self.on(tab, "Page.navigate", json!({ "url": url })).await;
        assert!(gone["errorText"].is_null(), "{gone}");
        self.wait(tab, "document.documentElement.dataset.arrived !== undefined").await;
    }

    /// The value of an expression; a promise is awaited.
    pub async fn eval(&mut self, tab: &Tab, expression: &str) -> Value {
        let what =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let out = self.on(tab, "Runtime.evaluate", what).await;
        assert!(out["exceptionDetails"].is_null(), "{expression}\n{}", out["exceptionDetails"]);
        out["result"]["value"].clone()
    }

    /// Waits until an expression is truthy; it is asked again whenever the document changes.
    pub async fn wait(&mut self, tab: &Tab, expression: &str) -> Value {
        let promise = format!(
            "new Promise((resolve) => {{
               const look = () => {{ try {{ return {expression}; }} catch {{ return null; }} }};
               const found = look();
               if (found) return resolve(found);
               const observer = new MutationObserver(() => {{
                 const found = look();
                 if (found) {{ observer.disconnect(); resolve(found); }}
               }});
               observer.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});
             }})"
        );
        match tokio::time::timeout(PATIENCE, self.eval(tab, &promise)).await {
            Ok(found) => found,
            Err(_elapsed) => {
                let shown = self.eval(tab, "location.search + '\\n' + document.body.innerText").await;
                panic!("the page never showed: {expression}\nIt shows:\n{}", shown.as_str().unwrap_or_default());
            }
        }
    }

    /// Waits for text to stand within what a selector finds.
    pub async fn wait_for_text(&mut self, tab: &Tab, selector: &str, text: &str) {
        let expression = format!(
            "[...document.querySelectorAll({})].some((e) => e.innerText.includes({}))",
            json!(selector),
            json!(text)
        );
        self.wait(tab, &expression).await;
    }

    /// A real click of the mouse in the middle of the last element that a selector finds and whose text contains `text`.
    pub async fn click(&mut self, tab: &Tab, selector: &str, text: &str) {
        let find = format!(
            "[...document.querySelectorAll({})].filter((e) => e.innerText.includes({}) && e.offsetParent !== null).at(-1)",
            json!(selector),
            json!(text)
        );
        self.wait(tab, &find.replace(".at(-1)", ".length")).await;
        let place = format!(
            "(() => {{ const e = {find}; e.scrollIntoView({{ block: 'center' }}); const r = e.getBoundingClientRect();
               return {{ x: r.x + r.width / 2, y: r.y + r.height / 2 }}; }})()"
        );
        let at = self.eval(tab, &place).await;
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": at["x"], "y": at["y"], "button": "left", "clickCount": 1 });
            self.on(tab, "Input.dispatchMouseEvent", event).await;
        }
    }

    /// Types into whatever has the focus.
    pub async fn types(&mut self, tab: &Tab, text: &str) {
        self.on(tab, "Input.insertText", json!({ "text": text })).await;
    }

    /// A key by its name, with what it types where it types something.
    pub async fn presses(&mut self, tab: &Tab, key: &str, text: &str) {
        let number = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            other => panic!("the number of the key {other} is not known here"),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": number });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.on(tab, "Input.dispatchKeyEvent", event).await;
        }
    }

    /// What the tab shows now, as PNG.
    pub async fn picture(&mut self, tab: &Tab) -> Vec<u8> {
        // A tab in the background draws nothing.
        self.on(tab, "Page.bringToFront", json!({})).await;
        let aside = json!({ "type": "mouseMoved", "x": 1, "y": 1 });
        self.on(tab, "Input.dispatchMouseEvent", aside).await;
        let shot = self.on(tab, "Page.captureScreenshot", json!({ "format": "png", "optimizeForSpeed": false })).await;
        base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().unwrap()).unwrap()
    }

    /// One method of the protocol in a tab.
    pub async fn on(&mut self, tab: &Tab, method: &str, params: Value) -> Value {
        self.call(Some(&tab.session), method, params).await
    }

    async fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        let mut request = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            request["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(request.to_string())).await.unwrap();
        loop {
            let Some(Ok(message)) = self.socket.next().await else { panic!("Chromium is gone during {method}") };
            let Ok(text) = message.to_text() else { continue };
            let answer: Value = serde_json::from_str(text).unwrap_or_default();
            if answer["id"] == id {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _ended = self.child.wait();
    }
}
