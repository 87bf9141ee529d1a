"""The explanations of the rules about dates, retention, regulations, erasure and the platform."""

from __future__ import annotations

from runner.reports.explanation import Explanation

OF_LAW = {
    "DAT-001": Explanation(
        "The start of the range lies before its end, as instants in time, whatever the offsets.",
        'dateRange: {start: "2018-01-01T00:00:00Z", end: "2018-12-31T23:59:59.999Z"}',
        'dateRange: {start: "2018-12-31T00:00:00Z", end: "2018-01-01T00:00:00Z"}',
    ),
    "DAT-002": Explanation(
        "The range ended at least 48 hours ago, or longer where a regulation pack says so. Until then the "
        "platform may not know all of it; where it says until when its data is complete, that counts too.",
        'dateRange: {start: "2026-11-01T00:00:00Z", end: "2026-11-20T23:59:59.999Z"}\nretentionDays: 0',
        'dateRange: {start: "2026-11-01T00:00:00Z", end: "2026-11-22T23:59:59.999Z"}\nretentionDays: 0',
    ),
    "DAT-003": Explanation(
        "A range is at most as wide as the regulation packs allow, 366 days as they come, so that a mistake "
        "takes at most one year with it.",
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
    "DAT-006": Explanation(
        "The end of a range, of a policy or a hold, is included to the millisecond. One at midnight so takes "
        "a millisecond of the day that it names and leaves out the rest, which is seldom meant.",
        'dateRange: {start: "2018-01-01T00:00:00Z", end: "2018-12-31T23:59:59.999Z"}',
        'dateRange: {start: "2018-01-01T00:00:00Z", end: "2018-12-31T00:00:00Z"}',
    ),
    "ERA-001": Explanation(
        "Data classified pii is erased for good; a soft purge could be taken back.",
        "classification: pii\npurgeType: permanent",
        "classification: pii\npurgeType: soft",
    ),
    "ERA-003": Explanation(
        "Recordings with the authentication data of cards (tag card-sad) go at once and for good: no days of "
        "retention, no soft purge. So their range may be wide, and need not settle for 48 hours, though what "
        "the platform does not know by then stays. Where a law keeps the interactions, the passages are "
        "redacted and nothing is purged.",
        "tags: [card-sad]\nretentionDays: 0\npurgeType: permanent",
        "tags: [card-sad]\nretentionDays: 30\npurgeType: permanent",
    ),
    "ERA-004": Explanation(
        "A purge takes all parts of an interaction together. Where a law lets one part go and keeps another, "
        "such as the transcript of a call, all of it waits. And where the platform can leave out what it "
        "marks as sensitive, a policy for pii or hipaa data says includeSensitive: true.",
        "The law keeps the audio three years, the transcript six, and the policy says retentionDays: 2192.",
        "The law keeps the audio three years, the transcript six, and the policy says retentionDays: 1096.",
        in_words=True,
    ),
    "PLT-001": Explanation(
        "The platform's own settings delete nothing before the time that a law demands. What they delete, no "
        "policy has ordered and no hold stops.",
        "The law demands five years, and the platform deletes after seven.",
        "The law demands five years, and the platform deletes after 365 days.",
        in_words=True,
    ),
    "PLT-002": Explanation(
        "The backend of the target can carry out exactly what stands in the policy. With recording-jobs a "
        "range is of whole days (UTC), all of it on one side of five years; what is older goes in six "
        "months at most, as interactionType: any without filters; an attribute is compared with fewer than "
        "1,024 bytes, and a soft purge has graceDays. With interactions-purge there are no dimensions.",
        "filters:\n  attributes: {department: billing}",
        "filters:\n  dimensions: {queue: [6f2f4f0e-0000-4000-8000-000000000001]}",
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
    "REG-006": Explanation(
        "A waiver lets an entry of a higher layer stand in the place of a stricter one that the organisation "
        "set itself (org-policy), for at most 400 days from the review of its pack. The law is never waived. "
        "A waiver that has ended is told, and the stricter entry applies again.",
        "A waiver of our-sales-floor, an org-policy, says expires: 2027-06-30; its pack has such an entry.",
        "A waiver of us-tsr-310-5, a regulation.",
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
    "RET-004": Explanation(
        "Every single interaction has ended as long ago as the policy keeps it, by the platform's own time. "
        "One that is younger, or has not ended, stops the whole purge. The article's API tells no such time.",
        "All of 5,000 interactions ended more than 2,557 days ago.",
        "One of 5,000 interactions began in the range, was opened again, and ended last year.",
        in_words=True,
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
}
