//! The part of the configuration that says who carries notices outside: a program, a webhook, a provider of messages.
//!
//! Invariant: a secret leaves this file only inside a [`Secret`]; no fault repeats one. One that stands in a file of its
//! own is named `file:PATH`, meant from where the configuration is.

use crate::front::error::UserError;
use ascall_engine::couriers::{
    BadCourier, CourierSettings, Couriers, MessengerSettings, ProviderKind, Secret, WebhookSettings,
};
use ascall_engine::domain::profile::{NoticeOn, NoticeRule, Profile, Role, Transport};
use ascall_engine::views::letter::{Form, Forms};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::error::Error as _;
use std::path::Path;

/// The table `[notices]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notices {
    pub command: Option<Vec<String>>,
    webhook: Option<Webhook>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Webhook {
    url: String,
    #[serde(deserialize_with = "hidden")]
    secrets: Vec<Hidden>,
}

/// The table `[messenger]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Messenger {
    provider: Provider,
    key: String,
    secret: Hidden,
    sms_key: Option<String>,
    sms_secret: Option<Hidden>,
    from: String,
    channel: Option<String>,
    url: Option<String>,
    sms_url: Option<String>,
    #[serde(default)]
    templates: BTreeMap<String, BTreeMap<NoticeOn, BTreeMap<Role, Template>>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Provider {
    Solapi,
    Nhn,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    code: String,
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

/// A secret as it stands in the file. What is no text is refused without being repeated.
#[derive(Clone)]
struct Hidden(String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer);
        text.map(Self).map_err(|_| serde::de::Error::custom("a secret is a text"))
    }
}

/// Secrets as they stand in the file; what is no list of texts is not repeated either.
fn hidden<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Hidden>, D::Error> {
    let secrets = Vec::deserialize(deserializer);
    secrets.map_err(|_| serde::de::Error::custom("secrets are a list of texts"))
}

impl Hidden {
    /// What a secret in a file of its own begins with.
    const FILE: &str = "file:";

    fn open(&self, key: &str, file: &Path) -> Result<Secret, UserError> {
        let secret = match self.0.strip_prefix(Self::FILE) {
            None => Secret::new(&self.0),
            Some(path) => {
                let path = file.parent().unwrap_or(Path::new("")).join(path);
                let text = std::fs::read_to_string(&path).map_err(|error| {
                    let what = format!("{key}: {} cannot be read: {error}", path.display());
                    UserError::config(
                        file,
                        &what,
                        "write the secret into that file, and nothing else",
                    )
                })?;
                Secret::new(&text)
            }
        };
        if secret.is_empty() {
            return Err(UserError::config(
                file,
                &format!("{key} is empty"),
                "write the secret there",
            ));
        }
        Ok(secret)
    }
}

/// What the file says of notices.
///
/// # Errors
/// It makes no sense.
pub(super) fn couriers(
    file: &Path,
    notices: &Notices,
    messenger: Option<&Messenger>,
) -> Result<CourierSettings, UserError> {
    let command = notices.command.clone();
    if command.as_ref().is_some_and(Vec::is_empty) {
        return Err(UserError::config(
            file,
            "notices.command is empty",
            "name the program and its words: command = [\"/usr/local/bin/send-sms\"]",
        ));
    }
    let webhook = notices.webhook.as_ref().map(|webhook| webhook_of(file, webhook)).transpose()?;
    let messenger = messenger.map(|messenger| messenger_of(file, messenger)).transpose()?;
    let settings = CourierSettings { command, webhook, messenger };
    Couriers::new(settings.clone()).map_err(|bad| refused(file, &bad))?;
    Ok(settings)
}

fn webhook_of(file: &Path, said: &Webhook) -> Result<WebhookSettings, UserError> {
    let secrets = said.secrets.iter().map(|secret| secret.open("notices.webhook.secrets", file));
    Ok(WebhookSettings::new(&said.url, secrets.collect::<Result<_, _>>()?))
}

fn messenger_of(file: &Path, said: &Messenger) -> Result<MessengerSettings, UserError> {
    let bad = |what: &str, hint: &str| Err(UserError::config(file, what, hint));
    let provider = match said.provider {
        Provider::Solapi => ProviderKind::Solapi,
        Provider::Nhn => ProviderKind::Nhn,
    };
    let secret = said.secret.open("messenger.secret", file)?;
    let mut settings = MessengerSettings::new(provider, said.key.trim(), secret, &said.from);
    if settings.key.is_empty() {
        return bad("messenger.key is empty", "write the key of the account there");
    }
    if settings.from.is_empty() {
        return bad("messenger.from is no number", "write the number messages come from");
    }
    settings.sms = match (provider, &said.sms_key, &said.sms_secret) {
        (_, None, None) => None,
        (ProviderKind::Nhn, Some(key), Some(secret)) => {
            Some((key.trim().to_owned(), secret.open("messenger.sms_secret", file)?))
        }
        (ProviderKind::Nhn, ..) => {
            return bad(
                "messenger.sms_key and messenger.sms_secret belong together",
                "write both, or neither when one account serves 알림톡 and text messages",
            );
        }
        (ProviderKind::Solapi, ..) => {
            return bad(
                "messenger.sms_key has no effect: solapi has one account for all messages",
                "leave sms_key and sms_secret out",
            );
        }
    };
    // Whoever has all messages at one address need name it once.
    let one = matches!(provider, ProviderKind::Solapi).then_some(&said.url);
    if let Some(url) = &said.url {
        settings.url.clone_from(url);
    }
    if let Some(url) = said.sms_url.as_ref().or(one.and_then(Option::as_ref)) {
        settings.sms_url.clone_from(url);
    }
    settings.channel.clone_from(&said.channel);
    if settings.channel.is_none() && !said.templates.is_empty() {
        return bad(
            "messenger.templates need messenger.channel",
            "write the channel's id: pfId of solapi, senderKey of nhn",
        );
    }
    settings.forms = forms(&said.templates);
    Ok(settings)
}

fn forms(said: &BTreeMap<String, BTreeMap<NoticeOn, BTreeMap<Role, Template>>>) -> Forms {
    let form = |said: &Template| Form { code: said.code.clone(), blanks: said.variables.clone() };
    let of_role = |said: &BTreeMap<Role, Template>| -> BTreeMap<Role, Form> {
        said.iter().map(|(role, template)| (*role, form(template))).collect()
    };
    let of_news = |said: &BTreeMap<NoticeOn, BTreeMap<Role, Template>>| {
        said.iter().map(|(on, roles)| (*on, of_role(roles))).collect()
    };
    said.iter().map(|(profile, news)| (profile.clone(), of_news(news))).collect()
}

/// Refuses a template that no notice of the profiles uses, or that is filled in with what nobody knows.
///
/// # Errors
/// Which, and why.
pub(super) fn check_forms(
    file: &Path,
    settings: &CourierSettings,
    profiles: &[Profile],
) -> Result<(), UserError> {
    let forms = settings.messenger.iter().flat_map(|messenger| &messenger.forms);
    for (name, news) in forms {
        for (on, role, form) in
            news.iter().flat_map(|(on, of)| of.iter().map(|(r, f)| (*on, *r, f)))
        {
            let key = name_of(name, on, role);
            let profile = profiles.iter().find(|profile| profile.name == *name);
            let rules = profile.iter().flat_map(|profile| &profile.notices);
            let used = |rule: &&NoticeRule| {
                (rule.on, rule.to, rule.transport) == (on, role, Transport::Alimtalk)
            };
            let Some(profile) = profile.filter(|_| rules.filter(used).count() > 0) else {
                return Err(UserError::config(
                    file,
                    &format!("{key} is used by no notice"),
                    "give the profile a notice with this on, this to and transport = \"alimtalk\"",
                ));
            };
            if let Some(unknown) = unknown_blank(form, profile) {
                return Err(UserError::config(
                    file,
                    &format!("{key} is filled in with `{unknown}`, which is not known"),
                    "name what a notice's text may name, in braces: {call}, {worker}, {visit}, …",
                ));
            }
        }
    }
    Ok(())
}

/// A template's key.
pub(crate) fn name_of(profile: &str, on: NoticeOn, role: Role) -> String {
    let (on, role) = (crate::front::show::name_of(&on), crate::front::show::name_of(&role));
    format!("messenger.templates.{profile}.{on}.{role}")
}

fn unknown_blank(form: &Form, profile: &Profile) -> Option<String> {
    let is_known = |name: &str| {
        NoticeRule::BLANKS.contains(&name) || profile.fields.iter().any(|field| field.name == name)
    };
    let texts = form.blanks.values().flat_map(|text| text.split('{').skip(1));
    let mut names = texts.map(|part| part.split_once('}').map_or(part, |(name, _)| name));
    names.find(|name| !is_known(name)).map(str::to_owned)
}

fn refused(file: &Path, bad: &BadCourier) -> UserError {
    let why = bad.source().map(|why| format!(": {why}")).unwrap_or_default();
    let hint = match bad {
        BadCourier::Secret { .. } => "whsec_ and 24 to 64 random bytes in base64",
        BadCourier::Http { .. } => "write an address as in https://example.org/notices",
    };
    UserError::config(file, &format!("{bad}{why}"), hint)
}
