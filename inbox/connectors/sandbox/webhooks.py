"""What the practice sites post to the hub: its signature, and which post it tells of."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from inbox.connectors.base import BadSignature, Misconfigured
from inbox.connectors.json_values import record, whole_number

WINDOW = 300  # seconds between signing and arrival


def verified(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> str:
    """The delivery's id. Raises BadSignature."""
    moment = headers.get("x-practice-timestamp", "")
    signature = headers.get("x-practice-signature", "")
    signed = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256)
    is_good = hmac.compare_digest(f"sha256={signed.hexdigest()}".encode(), signature.encode())
    written = whole_number(moment)
    if not (secret and is_good and written and abs(now.timestamp() - written) <= WINDOW):
        raise BadSignature(_("The signature is wrong or too old."))
    return headers.get("x-practice-delivery") or signed.hexdigest()


def post_named_in(body: bytes) -> str:
    """Raises Misconfigured where it names none."""
    try:
        number = whole_number(record(json.loads(body)).get("post"))
    except (ValueError, RecursionError):
        number = None
    if number is None:
        raise Misconfigured(_("The webhook names no post."))
    return str(number)
