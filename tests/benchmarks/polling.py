"""How soon the ends of jobs are seen: the product's polling against the article's fixed scheme.

Simulated on a clock of its own, so these seconds hold on every machine: jobs that all begin together
and take 20 minutes in the median, under 300 requests a minute.
"""

from statistics import fmean

from benchmarks.measuring import show
from support.manyjobs import durations, polled, polled_as_the_article

DRAWS = {1: 200, 100: 20, 1_000: 3, 10_000: 1}
"""How often each number of jobs is drawn."""
SCHEMES = {
    "15 s x 1.1^k": polled_as_the_article,
    "one queue": lambda ends: polled(ends, lists=False)[0],
    "one queue, by listing": lambda ends: polled(ends, lists=True)[0],
}


def measure(folder):
    """Print the mean delay until an end is seen, as a share of the article's, which comes first."""
    del folder
    for jobs, draws in DRAWS.items():
        drawn = [durations(jobs, seed) for seed in range(draws)]
        article = None
        for scheme, poll in SCHEMES.items():
            seen = [poll(ends) for ends in drawn]
            mean, requests = fmean(one.mean for one in seen), fmean(one.requests for one in seen)
            article = article or mean
            against = f"the article's delay; {requests:.1f} requests a job"
            show(f"{jobs:,} jobs, {scheme}", f"{mean:.1f} s", f"{mean / article:.2f} x", against)
