//! Notices that leave the desk: by webhook and by a provider of messages, the log of their tries, and sending them again.

use crate::sealed::Sealed;
use crate::settings::profile;
use crate::told::{ends, tell};
use insta::assert_snapshot;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A server on loopback that answers each request as `answer` says, and keeps what it was asked.
struct Fake {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    fn new(answer: impl Fn(&str, usize) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let Some(request) = read(&stream) else { continue };
                let before = all.lock().unwrap().len();
                all.lock().unwrap().push(request.clone());
                let (status, body) = answer(&request, before);
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
                );
                // Who asked may be gone.
                let _ = (&stream).write_all((head + &body).as_bytes());
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if let Some(text) = line.to_lowercase().strip_prefix("content-length: ") {
            length = text.trim().parse().ok()?;
        }
        head += &line;
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8_lossy(&body))
}

/// A desk that tells its customers of an accepted call by `transport`.
fn desk(transport: &str, config: &str) -> Sealed {
    let desk = Sealed::new();
    let opened = "on = \"opened\"\nto = \"customer\"";
    let sent_out = format!("{opened}\ntransport = \"{transport}\"");
    desk.write("own.toml", &profile(&[(opened, &sent_out)]));
    desk.write("config.toml", &format!("lang = \"en\"\nprofiles = [\"own.toml\"]\n{config}"));
    desk
}

/// The log of C-1's notices that left the desk, once `enough` has been tried: whoever opens the desk sends what is due.
fn log_with(desk: &Sealed, enough: &str) -> String {
    let line = "--config config.toml inbox --call C-1 --tries -o csv";
    let logs = std::iter::repeat_with(|| ends(desk, 0, line)).take(40);
    let log = logs.into_iter().find(|log| log.contains(enough));
    log.unwrap_or_else(|| panic!("{enough} never came:\n{}", ends(desk, 0, line)))
}

fn by_webhook(fake: &Fake) -> String {
    let url = &fake.url;
    format!(
        "[notices.webhook]\nurl = \"{url}/hooks/T0P-SECRET\"\nsecrets = [\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"]\n"
    )
}

#[test]
fn a_notice_that_was_given_up_is_sent_again_by_name_and_its_log_tells() {
    let fake = Fake::new(|_, before| (if before == 0 { 410 } else { 204 }, String::new()));
    let desk = desk("webhook", &by_webhook(&fake));
    ends(&desk, 0, "--config config.toml request --tel 010-0000-0001 --wait open --timeout 5s");
    let log = log_with(&desk, ",dead,status 410,");
    let name = log.split([',', '\n']).find(|cell| cell.ends_with("/webhook")).unwrap().to_owned();
    let listed = ends(&desk, 0, "--config config.toml attention list -o csv");
    assert!(listed.contains(&format!("ascall inbox resend {name}")), "{listed}");
    let would = ends(&desk, 0, &format!("--config config.toml inbox resend {name} --dry-run"));
    assert!(would.contains("notice sent again"), "{would}");
    let line =
        format!("--config config.toml inbox resend {name} --reason 'it is back' --key again-1");
    let said = ends(&desk, 0, &line);
    assert!(
        said.contains(&format!("notice {name} is sent again: [Repair] Your call C-1")),
        "{said}"
    );
    log_with(&desk, ",delivered,status 204,");
    let open = ends(&desk, 0, "--config config.toml attention list -o csv");
    assert_eq!(open.lines().count(), 1, "nobody need look any more: {open}");
    assert_snapshot!(
        tell(&desk, &[
            "--config config.toml inbox --call C-1 --tries",
            "--config config.toml inbox --call C-1 -o csv",
            "--config config.toml inbox resend 1/0/S-1/webhook",
            "--config config.toml inbox resend pigeon",
        ]),
        @r#"
    $ --config config.toml inbox --call C-1 --tries
    time      notice           by       try  delivery    answer      next try
    00:00:00  7/1/S-1/webhook  webhook  1    dead        status 410
    00:00:00  7/1/S-1/webhook  webhook       sent again
    00:00:00  7/1/S-1/webhook  webhook  1    delivered   status 204
    $ --config config.toml inbox --call C-1 -o csv
    seq,at,call,to,on,delivery,text,notice,transport
    7,0000-00-00T00:00:00.000Z,C-1,customer,opened,delivered,[Repair] Your call C-1 is accepted. We are looking for a technician near you.,7/1/S-1/webhook,webhook
    $ --config config.toml inbox resend 1/0/S-1/webhook
    ! error: no notice 1/0/S-1/webhook was sent
    ! hint: see what was sent, and by which name: ascall inbox --call C-… --tries
    = 1
    $ --config config.toml inbox resend pigeon
    ! error: invalid value 'pigeon' for '<NOTICE>': a notice is named as in 42/1/S-7/webhook; ascall inbox --call C-… -o csv shows the names
    ! hint: see what it takes with --help
    = 2
    "#
    );
    ends(&desk, 0, "--config config.toml verify");
    let asked = fake.asked();
    assert_eq!(asked.len(), 2);
    let id = |request: &str| {
        let mut lines = request.lines();
        lines.find_map(|line| line.strip_prefix("webhook-id: ").map(str::to_owned)).unwrap()
    };
    assert_eq!(id(&asked[0]), id(&asked[1]));
}

#[test]
fn a_refused_alimtalk_is_sent_as_a_text_message_and_both_are_in_the_log() {
    // A template that does not match is told at once, inside a 200.
    let fake = Fake::new(|request, _| {
        let code = if request.contains("ATA") { "1043" } else { "4000" };
        (200, format!("{{\"messageId\":\"M4V1\",\"statusCode\":\"{code}\"}}"))
    });
    let config = format!(
        "[messenger]\nprovider = \"solapi\"\nkey = \"KEY\"\nsecret = \"file:secret.txt\"\nfrom = \"02-0000-1234\"\nchannel = \"KA01PF1\"\nurl = \"{}\"\n\
         [messenger.templates.repair.opened.customer]\ncode = \"KA01TP1\"\nvariables = {{ \"호출\" = \"{{call}}\" }}\n",
        fake.url
    );
    let desk = desk("alimtalk", &config);
    desk.write("secret.txt", "  T0P-SECRET\n");
    ends(&desk, 0, "--config config.toml request --tel 010-0000-0001 --wait open --timeout 5s");
    let log = log_with(&desk, ",delivered,");
    let short: Vec<String> = log
        .lines()
        .filter(|line| line.contains("/alimtalk"))
        .map(|line| line.split(',').skip(4).take(4).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(short, ["alimtalk 1 by_sms code 1043", "sms 2 delivered code 4000"], "{log}");
    let asked = fake.asked();
    assert!(
        asked[0].contains("\"#{호출}\":\"C-1\"") && asked[1].contains("\"text\":"),
        "{asked:?}"
    );
    ends(&desk, 0, "--config config.toml verify");
    for line in
        ["config show", "config show -o json", "tail -n 50 -o json", "inbox --call C-1 --tries"]
    {
        let said = ends(&desk, 0, &format!("--config config.toml {line}"));
        assert!(!said.contains("T0P-SECRET"), "{line}\n{said}");
    }
}

#[test]
fn what_is_configured_is_shown_without_its_secrets() {
    let fake = Fake::new(|_, _| (200, String::new()));
    let config = format!(
        "{}[messenger]\nprovider = \"nhn\"\nkey = \"T0P-SECRET\"\nsecret = \"T0P-SECRET\"\nsms_key = \"T0P-SECRET\"\nsms_secret = \"T0P-SECRET\"\nfrom = \"02-0000-1234\"\nsms_url = \"{}/nhn/T0P-SECRET\"\n",
        by_webhook(&fake),
        fake.url
    );
    let desk = desk("webhook", &config);
    let shown = ends(&desk, 0, "--config config.toml config show -o csv");
    let shown = shown.replace(&fake.url, "http://FAKE");
    let lines = shown.lines().filter(|l| l.starts_with("notices.") || l.starts_with("messenger."));
    let values: Vec<&str> = lines.map(|line| line.rsplit_once(',').unwrap().0).collect();
    assert_eq!(
        values,
        [
            "notices.command,",
            "notices.webhook.url,http://FAKE/…",
            "notices.webhook.secrets,1 set",
            "messenger.provider,nhn",
            "messenger.url,https://kakaotalk-bizmessage.api.nhncloudservice.com",
            "messenger.sms_url,http://FAKE/…",
            "messenger.key,set",
            "messenger.secret,set",
            "messenger.sms_key,set",
            "messenger.sms_secret,set",
            "messenger.from,0200001234",
            "messenger.channel,unset",
        ]
    );
}

#[test]
fn a_configuration_that_carries_nothing_is_refused_without_saying_a_secret() {
    let good = "provider = \"nhn\"\nkey = \"K\"\nsecret = \"S\"\nfrom = \"02-0000-1234\"\n";
    let cases = [
        (
            "[notices.webhook]\nurl = \"http://127.0.0.1:9\"\nsecrets = []",
            "number 1: there is none",
        ),
        (
            "[notices.webhook]\nurl = \"http://127.0.0.1:9\"\nsecrets = [\"T0P-SECRET\"]",
            "begin with whsec_",
        ),
        (
            "[notices.webhook]\nurl = \"http://127.0.0.1:9\"\nsecrets = \"T0P-SECRET\"",
            "secrets are a list of texts",
        ),
        (
            "[notices.webhook]\nurl = \"http://127.0.0.1:9\"\nsecrets = [{ a = \"T0P-SECRET\" }]",
            "secrets are a list of texts",
        ),
        (
            "[notices.webhook]\nurl = \"ftp://127.0.0.1\"\nsecrets = [\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"]",
            "not `ftp`",
        ),
        (
            "[notices.webhook]\nurl = \"nowhere\"\nsecrets = [\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"]",
            "is not a URL",
        ),
        (
            "[messenger]\nprovider = \"pigeon\"\nkey = \"T0P-SECRET\"\nsecret = \"S\"\nfrom = \"1\"",
            "pigeon",
        ),
        (
            "[messenger]\nprovider = \"solapi\"\nkey = \"K\"\nsecret = 5\nfrom = \"1\"",
            "a secret is a text",
        ),
        (
            "[messenger]\nprovider = \"solapi\"\nkey = \"K\"\nsecret = \"file:none.txt\"\nfrom = \"1\"",
            "none.txt cannot be read",
        ),
        (
            "[messenger]\nprovider = \"solapi\"\nkey = \"\"\nsecret = \"S\"\nfrom = \"1\"",
            "messenger.key is empty",
        ),
        (
            "[messenger]\nprovider = \"solapi\"\nkey = \"K\"\nsecret = \" \"\nfrom = \"1\"",
            "messenger.secret is empty",
        ),
        (
            "[messenger]\nprovider = \"solapi\"\nkey = \"K\"\nsecret = \"S\"\nfrom = \"x\"",
            "messenger.from is no number",
        ),
        (
            "[messenger]\nprovider = \"solapi\"\nkey = \"K\"\nsecret = \"S\"\nfrom = \"1\"\nsms_key = \"T0P-SECRET\"",
            "has no effect",
        ),
        (&format!("[messenger]\n{good}sms_key = \"T0P-SECRET\""), "belong together"),
        (
            &format!(
                "[messenger]\n{good}[messenger.templates.repair.opened.customer]\ncode = \"T\""
            ),
            "need messenger.channel",
        ),
    ];
    for (config, part) in cases {
        let desk = desk("webhook", config);
        let said = ends(&desk, 2, "--config config.toml request --tel 010-0000-0001");
        assert!(said.contains(part) && said.contains("hint:"), "{config}\n{said}");
        assert!(!said.contains("T0P-SECRET"), "{config}\n{said}");
    }
    // A template is for a notice that there is, and says what is known.
    let with = |template: &str| format!("[messenger]\n{good}channel = \"C\"\n{template}");
    let used = "[messenger.templates.repair.opened.customer]\ncode = \"T\"\n";
    let unknown = format!("{used}variables = {{ a = \"{{nobody}}\" }}");
    for (transport, config, part) in [
        ("webhook", with(used), "messenger.templates.repair.opened.customer is used by no notice"),
        ("alimtalk", with(&used.replace("repair", "none")), "is used by no notice"),
        ("alimtalk", with(&unknown), "filled in with `nobody`"),
    ] {
        let desk = desk(transport, &config);
        let said = ends(&desk, 2, "--config config.toml request --tel 010-0000-0001");
        assert!(said.contains(part), "{config}\n{said}");
    }
}
