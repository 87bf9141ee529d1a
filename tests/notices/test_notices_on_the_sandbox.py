"""A notice reaches the sandbox's governance system, which checks the signature with code of its own."""

from contextlib import closing
from datetime import UTC, datetime

from support.faketime import START, FakeTime
from support.sandbox import sandbox

from runner.model.notice import Delivery, Notice
from runner.net.connection import Route
from runner.notices.delivery import Endpoint, WebhookNotifier
from runner.notices.signature import Secret


def test_a_notice_is_verified_and_kept():
    notice = Notice(
        "governance", 1, "10ef9ec2-ba42-58ca-bcaf-187444bec709", b'{"specversion":"1.0"}', START, 0, "", None
    )
    time = FakeTime()
    time.elapsed = (datetime.now(UTC) - START).total_seconds()
    with sandbox() as box:
        secret = Secret.parse(box.environment["GOVERNANCE_WEBHOOK_SECRET"], "governance")
        endpoints = {"governance": Endpoint(box.environment["GOVERNANCE_WEBHOOK_URL"], secret)}
        with closing(WebhookNotifier(endpoints, time, Route("purgectl/test"), sandbox=True)) as notifier:
            assert notifier.deliver(notice) == Delivery(True, "http-204")
        (kept,) = box.notices()
    assert (kept["id"], kept["body"]) == (notice.webhook_id, {"specversion": "1.0"})
