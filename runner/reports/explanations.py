"""The explanations of the rules of meaning, and of every rule together."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from runner.reports.explanation import Explanation
from runner.reports.explanations_of_form import OF_FORM

_OF_MEANING = {
    "APR-001": Explanation(
        "The exact bytes of a policy were approved by people who may do so, and the forge says so.",
        "The target is the sandbox on loopback, which asks for no approval.",
        "The target is a real organisation, and no evidence of approval can be read.",
        in_words=True,
    ),
    "DAT-001": Explanation(
        "The start of the range lies before its end, as instants in time, whatever the offsets.",
        'dateRange: {start: "2018-01-01T00:00:00Z", end: "2018-12-31T23:59:59.999Z"}',
        'dateRange: {start: "2018-12-31T00:00:00Z", end: "2018-01-01T00:00:00Z"}',
    ),
    "DAT-002": Explanation(
        "The range ended at least 48 hours ago. Until then the platform may not know all of it.",
        'dateRange: {start: "2026-11-01T00:00:00Z", end: "2026-11-20T23:59:59.999Z"}\nretentionDays: 0',
        'dateRange: {start: "2026-11-01T00:00:00Z", end: "2026-11-22T23:59:59.999Z"}\nretentionDays: 0',
    ),
    "DAT-003": Explanation(
        "A range is at most 366 days wide, so that a mistake takes at most one year with it.",
        'dateRange: {start: "2018-01-01T00:00:00Z", end: "2018-12-31T23:59:59.999Z"}',
        'dateRange: {start: "2015-01-01T00:00:00Z", end: "2018-12-31T23:59:59.999Z"}',
    ),
    "DAT-004": Explanation(
        "The clock of the machine that runs a purge differs from the platform's by at most 60 seconds.",
        "The machine says 09:00:10 when the platform says 09:00:00.",
        "The machine says 2031, and would find everything old enough.",
        in_words=True,
    ),
    "DAT-005": Explanation(
        "The range does not begin before the target went live (goLive in its file), or, where the target "
        "does not say when that was, before 1990.",
        'dateRange: {start: "2018-01-01T00:00:00Z", end: "2018-12-31T23:59:59.999Z"}',
        'dateRange: {start: "0222-01-01T00:00:00Z", end: "0222-12-31T23:59:59.999Z"}',
    ),
    "ERA-001": Explanation(
        "Data classified pii is erased for good; a soft purge could be taken back.",
        "classification: pii\npurgeType: permanent",
        "classification: pii\npurgeType: soft",
    ),
    "EVD-002": Explanation(
        "The record of what is about to happen fits into the log, so that nothing happens without a record.",
        "A policy of 40 lines under three holds.",
        "A policy whose record, with the names of all holds, would be larger than 65,535 bytes.",
        in_words=True,
    ),
    "HLD-001": Explanation(
        "No hold may cover anything that the policy selects. What a hold or a policy does not say counts "
        "as covered, and one interaction in common refuses the whole policy.",
        "A hold covers department sales; the policy selects department billing.",
        "A hold covers department sales; the policy names no department.",
        in_words=True,
    ),
    "HLD-003": Explanation(
        "While a request of a data subject, a restriction, a complaint, a subpoena or an inquiry is open, "
        "nothing that it covers is purged.",
        "A request of a data subject covers department sales; the policy selects department billing.",
        "A request of a data subject covers 2018; the policy selects 2018.",
        in_words=True,
    ),
    "HLD-004": Explanation(
        "What was held stays for 30 days after the release of the hold, so that a mistake can be noticed.",
        "A hold was released on 1 March and says purgeableFrom: 2026-04-01.",
        "A hold was released on 1 March and says purgeableFrom: 2026-03-02.",
        in_words=True,
    ),
    "HLD-005": Explanation(
        "A hold ends by a release that is written into its file. The file itself stays.",
        "A pull request adds release to the file of a hold.",
        "A pull request deletes the file of a hold, or gives it another name.",
        in_words=True,
    ),
    "HLD-006": Explanation(
        "A change may widen a hold, never narrow it: what was held stays held until the hold is released. "
        "conversationIds never narrow a hold, so they may change.",
        "A pull request adds a type of interactions to a hold.",
        "A pull request moves the start of a hold from 2017 to 2024.",
        in_words=True,
    ),
    "PLC-001": Explanation(
        "Once a purge has begun, the file of its policy stays as it was approved.",
        "A purge has run, and the file of its policy is as it was.",
        "A purge has run, and afterwards the limit in its policy was raised.",
        in_words=True,
    ),
    "PLC-002": Explanation(
        "A policy may run again under a higher revision only if the one before ended without completing.",
        "Revision 1 failed, and the file now says revision: 2.",
        "Revision 1 completed, and the file now says revision: 2.",
        in_words=True,
    ),
    "PLC-003": Explanation(
        "The file of a policy stays until its purge has ended.",
        "A pull request deletes a policy that never began.",
        "A pull request deletes a policy whose job is running.",
        in_words=True,
    ),
    "PLC-004": Explanation(
        "A policy that stood on main when the log was opened may have run before, outside this log. Under "
        "that revision it never runs, and a change to its file does not hide that.",
        "The policy stood there before; a pull request changes its dates and raises revision.",
        "The policy stood there before; a pull request changes its dates and nothing else.",
        in_words=True,
    ),
    "PRV-001": Explanation(
        "No text of a policy or a hold contains what looks like an e-mail address, a telephone number, a "
        "card or account number or a national id. The ids of conversations in a hold are allowed.",
        "reason: The storage period of these calls has ended. Ticket REC-412.",
        "reason: The caller at +1 (555) 234-5678 asked for it. Ticket REC-412.",
    ),
    "REG-001": Explanation(
        "Every regulation pack can be read, and the day by which it was to be reviewed again has not passed. "
        "That day lies at most 400 days after the review, and the review does not lie in the future.",
        "The pack says nextReviewBy: 2027-05-20, and that day lies ahead.",
        "The pack says nextReviewBy: 2025-05-20, and nobody has reviewed it since.",
        in_words=True,
    ),
    "REG-002": Explanation(
        "A policy for confidential, pii or hipaa data says whose law governs the interactions, in words that "
        "the regulation packs know, and states what the law asks it to state.",
        "A policy for pii data says jurisdictions: [US].",
        "A policy for pii data has no line jurisdictions.",
        in_words=True,
    ),
    "REG-003": Explanation(
        "Where one law demands that data is kept longer than another allows, a pack says in writing which of "
        "them prevails. Until then the data is kept.",
        "One law demands five years, another allows three, and the pack has a resolution for the two.",
        "One law demands five years, another allows three, and no pack says what counts.",
        in_words=True,
    ),
    "REG-004": Explanation(
        "A pack of an industry or an organisation may demand more than the packs below it, never less. With "
        "validate --base, each entry that a change loosens is a warning, and each that it tightens a note.",
        "The core pack demands five years, and the organisation's own pack seven.",
        "The core pack demands five years, and the organisation's own pack two.",
        in_words=True,
    ),
    "REG-005": Explanation(
        "The jurisdictions and tags of an entry are words that a pack has in its vocabulary, and no entry "
        "ends before it begins: it could never apply.",
        "An entry is about the tag telemarketing, which is in the vocabulary.",
        "An entry is about the tag telemarketting, which no vocabulary has.",
        in_words=True,
    ),
    "RET-001": Explanation(
        "Data classified hipaa is kept at least 2,555 days before it may go.",
        "classification: hipaa\nretentionDays: 2557",
        "classification: hipaa\nretentionDays: 2190",
    ),
    "RET-002": Explanation(
        "The retention period is at least the longest one that any law which covers the data demands. A "
        "year of the law is counted as the longest that it can be.",
        "The law demands three years of the data, and the policy says retentionDays: 1096.",
        "The law demands three years of the data, and the policy says retentionDays: 1095.",
        in_words=True,
    ),
    "RET-003": Explanation(
        "The youngest interaction that the range may hold is older than the retention period. The finding "
        "names the day from which the policy may be proposed.",
        'dateRange: {start: "2018-01-01T00:00:00Z", end: "2018-12-31T23:59:59.999Z"}\nretentionDays: 2557',
        'dateRange: {start: "2022-01-01T00:00:00Z", end: "2022-12-31T23:59:59.999Z"}\nretentionDays: 2600',
    ),
    "RET-005": Explanation(
        "A period that was meant in years also covers their leap days.",
        "retentionDays: 2557",
        "retentionDays: 2555",
    ),
    "RET-006": Explanation(
        "Where the law counts from an event and not from the end of an interaction, the policy says which "
        "event it was, when it was and where that is recorded. Laws that count from different events need "
        "policies of their own.",
        "The law counts from the last collection activity, and the policy has a retentionTrigger.",
        "The law counts from the last collection activity, and the policy has no retentionTrigger.",
        in_words=True,
    ),
    "RET-007": Explanation(
        "The retention period is not longer than the shortest one that any law which covers the data "
        "allows. To be late with a purge never stops it.",
        "The law allows three years, and the policy says retentionDays: 1095.",
        "The law allows three years, and the policy says retentionDays: 1461.",
        in_words=True,
    ),
    "RSN-001": Explanation(
        "The reason has at least ten characters and three different words, and says more than that "
        "something is purged. For pii and hipaa data it, or the field ticket, names a ticket. It does not "
        "speak of suspicious-activity reports or privileged matters.",
        "classification: pii\nreason: The storage period of these calls has ended. Ticket REC-412.",
        "classification: pii\nreason: delete old data please",
    ),
    "RUN-001": Explanation(
        "The environment of the run says that purging is wanted.",
        "PURGE_ENABLED is true.",
        "PURGE_ENABLED is not set.",
        in_words=True,
    ),
    "RUN-002": Explanation(
        "The file of the target does not suspend it.",
        "The target says suspended: false, or nothing about it.",
        "The target says suspended: true.",
        in_words=True,
    ),
    "SCP-001": Explanation(
        "At least one attribute narrows what is selected, or the policy admits that it takes everything of "
        "its type in its range.",
        "filters:\n  attributes: {department: billing}",
        "filters: {}",
    ),
    "SCP-003": Explanation(
        "A purge selects no more interactions than its own limit allows.",
        "4,200 interactions are selected, and maxInteractions is 5000.",
        "9,000 interactions are selected, and maxInteractions is 5000.",
        in_words=True,
    ),
    "SCP-004": Explanation(
        "The number of interactions right before the purge is the one that reviewers approved, within the "
        "tolerance that they approved. Outside the sandbox a policy must name that number.",
        "1,240 were expected with a tolerance of 2 %, and 1,250 are selected.",
        "1,240 were expected with a tolerance of 2 %, and 1,300 are selected.",
        in_words=True,
    ),
    "SCP-005": Explanation(
        "No other policy, waiting or carried out, selects any of the same interactions.",
        "One policy takes the first half of 2018, another the second half.",
        "Two policies take the same calls of 2018, one with department billing, one without a department.",
        in_words=True,
    ),
    "SCP-007": Explanation(
        "The number of interactions is known before they go, or the file of the target admits that it "
        "cannot be known there.",
        "The platform counts 1,240 interactions.",
        "The platform cannot count, and the target says counts: required.",
        in_words=True,
    ),
    "TGT-001": Explanation(
        "The target that a policy or a hold names has a file without errors in policies/targets/.",
        "target: sandbox",
        "target: sandbox-eu",
    ),
    "TST-001": Explanation(
        "What purgectl test finds in an example is what the example expects: that rule, that severity, and "
        "nothing else.",
        "The example expects fail of RET-002, and RET-002 alone finds an error.",
        "The example expects pass, and RET-002 finds an error.",
        in_words=True,
    ),
    "TST-002": Explanation(
        "Every entry of a regulation pack has at least one example, and there is something to try at all.",
        "The entry has one example that passes and one that fails.",
        "The entry has no tests.",
        in_words=True,
    ),
    "TST-003": Explanation(
        "The entry applies to each of its examples, on whatever day, and the file of a case exists.",
        "The entry is about the tag telemarketing, and the example has this tag.",
        "The entry is about the tag telemarketing, and the example has no tag, so it would pass any number.",
        in_words=True,
    ),
    "TST-004": Explanation(
        "With purgectl test --mutate each period of a pack is made a day longer and a day shorter, and each "
        "time an example comes out differently.",
        "The minimum is 1,827 days; one example states 1,827 and passes, another 1,826 and fails.",
        "The minimum is 1,827 days, and the only example states 3,000.",
        in_words=True,
    ),
}

EXPLANATIONS: Mapping[str, Explanation] = MappingProxyType({**OF_FORM, **_OF_MEANING})
"""The explanation of every rule, by its id."""
