//! nginx under the tightest string under which it serves requests: no item of it can go.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use syscallset_tests::program::is_root;

use crate::command::{SYSCALLSET, Scratch, installed, skip};

/// What nginx does besides what starting it takes. Each item is needed.
pub(crate) const NGINX: &[&str] = &[
    "accept4",
    "bind",
    "connect",
    "epoll_create",
    "epoll_ctl",
    "epoll_wait",
    "eventfd2",
    "ioctl(cmd=FIONBIO)",
    "listen",
    "lseek",
    "mkdir",
    "pwrite64",
    "recvfrom",
    "setsockopt",
    "socket(domain=AF_INET)",
    "socket(domain=AF_UNIX)",
    "socketpair",
    "sysinfo",
    "uname",
    "unlink",
    "writev",
];

/// The release that the list was made with; others make other calls.
const RELEASE: &str = "nginx/1.22.";

/// The loopback port that nobody listens at.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn configure(scratch: &Scratch, port: u16) -> String {
    let root = scratch.path("");
    let root = root.to_str().unwrap();
    // As root, it would give its directories to its workers' user.
    let user = if is_root() { "user root root;\n" } else { "" };
    scratch.write("index.html", "hello from nginx\n");
    let temporary: Vec<_> = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("{kind}_temp_path {root}/{kind};\n"))
        .collect();
    let temporary = temporary.concat();
    scratch.write(
        "nginx.conf",
        format!(
            "daemon off;\nmaster_process off;\n{user}pid {root}/pid;\nerror_log stderr;\n\
             events {{ worker_connections 16; }}\n\
             http {{\naccess_log off;\n{temporary}\
             server {{ listen 127.0.0.1:{port}; root {root}; }}\n}}\n"
        ),
    )
}

fn get(port: u16) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .ok()?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// The answers to two requests, if the server lives that long.
fn answers(server: &mut Child, port: u16) -> Option<[String; 2]> {
    let deadline = Instant::now() + Duration::from_secs(60);
    while server.try_wait().unwrap().is_none() && Instant::now() < deadline {
        if let Some(first) = get(port) {
            return get(port).map(|second| [first, second]);
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}

/// Whether nginx serves requests under a filter and ends in peace.
fn serves(nginx: &Path, filter: &str) -> (bool, String) {
    let scratch = Scratch::new();
    let port = free_port();
    let configuration = configure(&scratch, port);
    let errors = fs::File::create(scratch.path("errors")).unwrap();
    let mut server = Command::new(SYSCALLSET)
        .args(["run", "--on-violation", "report", filter])
        .arg(nginx)
        .args(["-c", &configuration, "-p"])
        .arg(scratch.path(""))
        .stdin(Stdio::null())
        .stderr(errors)
        .spawn()
        .unwrap();
    let answered = answers(&mut server, port).is_some_and(|answers| {
        answers.iter().all(|answer| {
            answer.starts_with("HTTP/1.1 200") && answer.ends_with("hello from nginx\n")
        })
    });
    // SIGQUIT: finish what was begun, and exit.
    let _ = Command::new("kill")
        .args(["-QUIT", &server.id().to_string()])
        .stderr(Stdio::null())
        .status();
    let status = server.wait().unwrap();
    let errors = fs::read_to_string(scratch.path("errors")).unwrap_or_default();
    (answered && status.success(), errors)
}

#[test]
fn nginx_serves_under_the_tightest_string() {
    let Some(nginx) = installed("nginx") else {
        return;
    };
    let version = Command::new(&nginx).arg("-v").output().unwrap().stderr;
    let version = String::from_utf8_lossy(&version).into_owned();
    if !version.contains(RELEASE) {
        return skip(&format!(
            "the string is for {RELEASE}, and this is {version}"
        ));
    }
    let (served, errors) = serves(&nginx, &NGINX.join(" "));
    assert!(served, "{errors}");
    for dropped in NGINX {
        let rest: Vec<_> = NGINX
            .iter()
            .copied()
            .filter(|item| item != dropped)
            .collect();
        let (served, errors) = serves(&nginx, &rest.join(" "));
        assert!(!served, "`{dropped}` is not needed");
        let call = dropped.split('(').next().unwrap_or_default();
        assert!(
            errors.contains(&format!("syscallset: `{call}(")),
            "without `{dropped}`, the call is named\n{errors}"
        );
    }
}
