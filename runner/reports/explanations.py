"""The explanations of the rules of meaning, and of every rule together."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from runner.reports.explanation import Explanation
from runner.reports.explanations_of_form import OF_FORM
from runner.reports.explanations_of_law import OF_LAW

_OF_MEANING = {
    "APR-001": Explanation(
        "Enough people, in the roles that the classification asks for, approved the exact bytes of a policy "
        "before they were merged, and nobody who may write asks for changes. GitHub is asked, right before.",
        "Two people who may write, one of them a privacy officer, approved the last commit before the merge.",
        "One of the two approved, and then the author pushed one more commit.",
        in_words=True,
    ),
    "APR-002": Explanation(
        "Whoever opened the pull request, wrote or pushed any commit of it, or is named as its co-author, "
        "does not count among those who approve it.",
        "Two colleagues approved what the author wrote.",
        "One of the two who approved had pushed a correction to the branch before.",
        in_words=True,
    ),
    "APR-003": Explanation(
        "The last approval is at most 14 days old when the purge begins. A regulation pack may say fewer.",
        "It was approved on Monday and runs on Tuesday.",
        "It was approved in March, stood suspended, and would run in June.",
        in_words=True,
    ),
    "APR-004": Explanation(
        "What runs came to main by the merge of a pull request, byte for byte as it was reviewed there, and "
        "GitHub knows everybody who wrote or pushed it.",
        "The pull request was merged as it stood.",
        "Somebody pushed to main, or edited the file while merging.",
        in_words=True,
    ),
    "APR-005": Explanation(
        "The target's file, every regulation pack, also one that was deleted, and the list of approvers came "
        "to main by a merged pull request that somebody approved who had no hand in it, however long ago.",
        "The last change of each of these files was approved and merged.",
        "Somebody pushed a list of approvers with their own number to main.",
        in_words=True,
    ),
    "CHG-001": Explanation(
        "A pull request changes files below policies/ or other files, never both. Whoever approves the one "
        "need not be fit to approve the other. Compared is what the branch has committed since it left main.",
        "A pull request adds a policy and a hold.",
        "A pull request adds a policy, and changes a workflow with it.",
        in_words=True,
    ),
    "EVD-001": Explanation(
        "72 hours after a job has ended, somebody has counted what is left, and the log says what came of "
        "it. Until then nothing else on this target is purged. A verdict of FAIL or UNKNOWN is one.",
        "The last purge ended a week ago, and its verdict is PASS.",
        "The last purge ended a week ago, and the count afterwards has failed ever since.",
        in_words=True,
    ),
    "EVD-002": Explanation(
        "The record of what is about to happen fits into the log, so that nothing happens without a record.",
        "A policy of 40 lines under three holds.",
        "A policy whose record, with the names of all holds, would be larger than 65,535 bytes.",
        in_words=True,
    ),
    "HLD-001": Explanation(
        "No hold may cover anything that the policy selects. What a hold or a policy does not say counts "
        "as covered, and one interaction in common refuses the whole policy. With recording-jobs whole "
        "conversations go, so there only targets and dates narrow a hold.",
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
        "What was held stays for 30 days after the release of the hold, so that a mistake can be noticed. A "
        "regulation pack may ask for more days.",
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
    "HLD-007": Explanation(
        "A hold that an earlier purge was judged by, as the log says, still has its file on main, active or "
        "released. So nobody gets rid of a hold by rewriting the history of main.",
        "The log names the hold matter-2026-001, and its file stands on main with a release in it.",
        "The log names the hold matter-2026-001, and main was pushed back to before it.",
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
    "RUN-003": Explanation(
        "Where a purge is prepared as a job, the platform has not answered that this client may not make it, "
        "or may not execute it.",
        "The role of the OAuth client has recording:job:add and recording:job:edit.",
        "The platform answers the request for a job with 403, and names recording:job:add.",
        in_words=True,
    ),
    "SCP-001": Explanation(
        "At least one attribute or dimension narrows what is selected, or the policy admits that it takes "
        "everything of its type in its range.",
        "filters:\n  attributes: {department: billing}",
        "filters: {}",
    ),
    "SCP-003": Explanation(
        "A purge selects no more interactions than its own limit allows, and no larger share of all "
        "interactions of its type in its range than the regulation packs allow: 20 % as they come. A policy "
        "that says allowUnfiltered: true may take all of them.",
        "4,200 of 60,000 interactions are selected, and maxInteractions is 5000.",
        "4,200 of 9,000 interactions are selected, and maxInteractions is 5000.",
        in_words=True,
    ),
    "SCP-004": Explanation(
        "The number of interactions right before the purge is the one that reviewers approved, within the "
        "tolerance that they approved. Outside the sandbox a policy must name that number. A job that the "
        "platform has prepared may count fewer, as it leaves out what has nothing to delete, never more.",
        "1,240 were expected with a tolerance of 2 %, and 1,250 are selected.",
        "1,240 were expected with a tolerance of 2 %, and 1,300 are selected.",
        in_words=True,
    ),
    "SCP-005": Explanation(
        "No other policy, waiting or carried out, selects any of the same interactions. With recording-jobs "
        "whole conversations go, so there two that are still to run share whatever has a date in common.",
        "One policy takes the first half of 2018, another the second half.",
        "Two policies take the same calls of 2018, one with department billing, one without a department.",
        in_words=True,
    ),
    "SCP-006": Explanation(
        "No selected interaction carries a marker of a better protected class than the policy declares.",
        "The policy says classification: internal, and nothing in it is marked otherwise.",
        "The policy says classification: internal, and 12 interactions come from a queue of hipaa data.",
        in_words=True,
    ),
    "SCP-007": Explanation(
        "The number of interactions is known before they go, or the file of the target admits that it "
        "cannot be known there.",
        "The platform counts 1,240 interactions.",
        "The platform cannot count, and the target says counts: required.",
        in_words=True,
    ),
    "SCP-008": Explanation(
        "The tolerance under expected is no wider than the regulation packs allow: 2 % as they come.",
        "expected: {count: 1240, tolerancePercent: 2}",
        "expected: {count: 1240, tolerancePercent: 50}",
    ),
    "SCP-009": Explanation(
        "The policy selects at least one interaction. A policy that is only observed may select none.",
        "1,240 interactions are selected.",
        "None is selected, because the value of an attribute is misspelt.",
        in_words=True,
    ),
    "TGT-001": Explanation(
        "The target that a policy or a hold names has a file without errors in policies/targets/.",
        "target: sandbox",
        "target: sandbox-eu",
    ),
    "TGT-002": Explanation(
        "One organisation has one target, and one log. Under a second name it would escape the holds on the "
        "first one, and the same interactions could be purged twice.",
        "Two targets have two different values of organizationId and of log.origin.",
        "Two files in policies/targets/ have the same organizationId.",
        in_words=True,
    ),
    "TGT-003": Explanation(
        "The credential that is used belongs to the organisation that the file of the target names. The "
        "article's platform does not tell it.",
        "The platform says that the token is of the organisation in organizationId.",
        "The environment holds the credential of the test organisation.",
        in_words=True,
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

EXPLANATIONS: Mapping[str, Explanation] = MappingProxyType({**OF_FORM, **OF_LAW, **_OF_MEANING})
"""The explanation of every rule, by its id."""
