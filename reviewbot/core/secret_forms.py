"""What secrets look like: one list for what is taken out of prompts, and for the check that reports them.

Patterns are texts in the syntax that RE2 and Rust's regular expressions share, without what takes more than linear time
(lookaround, back references): the prompt's side runs them by RE2, the check by ast-grep.
"""

from __future__ import annotations

from typing import NamedTuple


class Shape(NamedTuple):
    """A form that is a secret wherever it stands.

    Attributes:
        of: Whose secrets have it.
        pattern: Its group is the secret; without one it is the whole match.
        certain: Whether it is a secret beyond doubt, so that a check may say so. The others are only masked.
    """

    of: str
    pattern: str
    certain: bool = True


_ANY = "[A-Za-z0-9]"
_URL = "[A-Za-z0-9_-]"

SHAPES = (
    Shape("AWS", r"\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    Shape("GitHub", rf"\bgh[pousr]_{_ANY}{{30,}}|\bgithub_pat_[A-Za-z0-9_]{{22,}}"),
    Shape("GitLab", r"\bgl(?:pat|ptt|dt|rt|cbt|ft|agent|soat|imt|rtr|oas|ffct)-[A-Za-z0-9_.-]{20,}"),
    Shape("Anthropic, OpenAI and others", rf"\bsk-{_URL}{{20,}}"),
    Shape("Stripe, live", rf"\b[sr]k_live_{_ANY}{{16,}}"),
    Shape("Stripe, test and public", rf"\b(?:[sr]k_test|pk_(?:live|test))_{_ANY}{{16,}}", certain=False),
    Shape("signatures of webhooks", r"\bwhsec_[A-Za-z0-9+/=]{16,}"),
    Shape("Slack", rf"\bxox[abeoprs]-[A-Za-z0-9.-]{{10,}}|\bxapp-\d-{_URL}{{20,}}"),
    Shape("Slack", rf"hooks\.slack\.com/(?:services|workflows|triggers)/(T[A-Z0-9]+/{_ANY}+/[A-Za-z0-9/]{{16,}})"),
    Shape("Discord", rf"discord(?:app)?\.com/api/webhooks/([0-9]{{10,}}/{_URL}{{20,}})"),
    Shape("Discord", rf"\b[MNO]{_URL}{{23,27}}\.{_URL}{{6}}\.{_URL}{{27,}}", certain=False),
    Shape("Teams", r"\.webhook\.office\.com/webhookb2/([A-Za-z0-9@/-]{60,})"),
    Shape("Telegram", rf"\b(?:bot)?([0-9]{{8,10}}:AA{_URL}{{30,}})"),
    Shape("Google", rf"\bAIza{_URL}{{35}}|\bGOCSPX-{_URL}{{20,}}|\bya29\.{_URL}{{20,}}|\b1//0{_URL}{{30,}}"),
    Shape("SendGrid", rf"\bSG\.{_URL}{{16,}}\.{_URL}{{16,}}"),
    Shape("Resend", rf"\bre_{_ANY}{{8,}}_{_ANY}{{16,}}", certain=False),
    Shape("Mailgun", r"\bkey-[0-9a-f]{32}"),
    Shape("Mailchimp", r"\b[0-9a-f]{32}-us[0-9]{1,2}\b", certain=False),
    Shape("Brevo", rf"\bxkeysib-[a-f0-9]{{40,}}(?:-{_ANY}{{8,}})?"),
    Shape("Twilio", r"\bSK[0-9a-f]{32}\b"),
    Shape("npm", rf"\bnpm_{_ANY}{{36}}"),
    Shape("PyPI", rf"\bpypi-{_URL}{{40,}}"),
    Shape("RubyGems, crates.io", rf"\brubygems_[0-9a-f]{{40,}}|\bcio{_ANY}{{32}}\b", certain=False),
    Shape("Docker", rf"\bdckr_(?:pat|oat)_{_URL}{{20,}}"),
    Shape("DigitalOcean", r"\bdo[oprt]_v1_[a-f0-9]{64}"),
    Shape("Shopify", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    Shape("Square", rf"\bsq0(?:atp|csp)-{_URL}{{22,}}|\bEAAA{_URL}{{56,}}", certain=False),
    Shape("Vault", rf"\bhv[sbr]\.{_URL}{{24,}}"),
    Shape("Terraform", rf"\b{_ANY}{{14}}\.atlasv1\.[A-Za-z0-9_=-]{{60,}}"),
    Shape("Hugging Face, Replicate, Groq", rf"\bhf_{_ANY}{{30,}}|\br8_{_ANY}{{30,}}|\bgsk_{_ANY}{{40,}}"),
    Shape("other models", rf"\b(?:pplx-|xai-|fw_|csk-){_ANY}{{20,}}|\b(?:tgp_v1_|nvapi-){_URL}{{40,}}", certain=False),
    Shape("Linear, Notion", rf"\blin_(?:api|oauth)_{_ANY}{{32,}}|\bntn_{_ANY}{{32,}}"),
    Shape("Postman", r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    Shape("Grafana, Sentry", r"\bgl(?:c|sa)_[A-Za-z0-9+/=_-]{32,}|\bsntry[su]_[A-Za-z0-9+/=_-]{40,}"),
    Shape("Databricks", r"\bdapi[a-f0-9]{32}"),
    Shape("Doppler", rf"\bdp\.[a-z]{{2,5}}\.{_ANY}{{40,}}", certain=False),
    Shape("Fly", rf"\bfm[12]_?[A-Za-z0-9+/=,_-]{{60,}}|\bfo1_{_URL}{{40,}}", certain=False),
    Shape("New Relic", r"\bNRAK-[A-Z0-9]{27}|\bNRJS-[a-f0-9]{19}"),
    Shape("Atlassian", rf"\bATATT3[A-Za-z0-9_=-]{{40,}}|\bATBB{_ANY}{{28,}}"),
    Shape("Airtable", rf"\bpat{_ANY}{{14}}\.[a-f0-9]{{64}}", certain=False),
    Shape("Pulumi, Prefect", rf"\bpul-[a-f0-9]{{40}}|\bpn[ub]_{_ANY}{{36}}"),
    Shape("Supabase", r"\bsbp_[a-f0-9]{40}|\bsb_secret_[A-Za-z0-9_-]{20,}"),
    Shape("PlanetScale", r"\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,}"),
    Shape(
        "Figma, Dropbox, Contentful", rf"\bfigd_{_URL}{{36,}}|\bsl\.{_URL}{{60,}}|\bCFPAT-{_URL}{{40,}}", certain=False
    ),
    Shape("Azure", r"\b[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}"),
    Shape("Azure, access by signature", r"[?&;]sig=([A-Za-z0-9%+/=_-]{30,})", certain=False),
    Shape("age", r"\bAGE-SECRET-KEY-1[0-9A-Z]{50,}"),
    Shape("Aiven", rf"\bAVNS_{_URL}{{16,}}"),
    Shape("hashes of passwords", r"\$(?:apr1|[1567y]|2[abxy])\$[./A-Za-z0-9$=,]{20,}", certain=False),
    Shape("a signed JSON Web Token", rf"\beyJ{_URL}{{10,}}\.eyJ{_URL}{{4,}}\.{_URL}*"),
    Shape("an encrypted JSON Web Token", rf"\beyJ{_URL}{{10,}}\.{_URL}*(?:\.{_URL}{{16,}}){{3}}", certain=False),
    Shape("a PEM block in base64", r"\bLS0tLS1CRUdJTi[A-Za-z0-9+/]{20,}={0,2}", certain=False),
)
# A private key from its first line on; what of it is masked is found line by line.
KEY_BLOCK = r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\\[nr]|\s)*[A-Za-z0-9+/]{16}"

# The ends of names whose value is a secret, beyond doubt where it looks like one.
NAMES = (
    *("password", "passwd", "pwd", "passphrase", "secret", "pepper"),
    *("api_?key", "access_?key", "private_?key", "secret_key", "signing_key", "encryption_key", "jwt_key", "hmac_key"),
    *("master_key", "service_role_key", "access_token", "auth_?token", "refresh_token", "bot_token", "api_token"),
    *("service_token", "webhook_token", "admin_token", "internal_token", "bearer_token", "client_secret"),
)
# What only masking takes for such a name, since a wrong mask costs less than a wrong comment.
MORE_PASSWORDS = ("passwort", "kennwort", "wachtwoord", "senha", "passe", "contrasena", "passcode", "psk", "pass", "pw")
MORE_KEYS = frozenset(
    {"account", "shared", "auth", "fernet", "role", "license", "service", "admin", "app", "client", "consumer"}
    | {"crypto", "cipher", "aes", "session", "webhook", "deploy", "storage", "subscription", "instrumentation"}
)

# What the check asks of a string, of the name of a variable, and of a string that is a key.
CERTAIN_SHAPE = "|".join((*(shape.pattern for shape in SHAPES if shape.certain), KEY_BLOCK))
CERTAIN_NAME = rf"(?i)(^|[._])([A-Za-z0-9_]*_)?({'|'.join(NAMES)})$|^(self\.)?_?token$"
CERTAIN_KEY = rf"""(?i)^["']([A-Za-z0-9_]*[_-])*({"|".join(NAMES).replace("_", "[_-]")})["']$"""
