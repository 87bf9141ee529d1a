from datetime import date

import pytest

from runner.model.time import parse_day


def test_a_day_is_written_in_one_way_only():
    assert parse_day("2024-02-29") == date(2024, 2, 29)
    for text in ("20240229", "2024-2-29", "2024-02-29T00:00:00Z", "2024-W09-4", "2024-02-29\n", "٢٠٢٤-02-29"):
        with pytest.raises(ValueError, match="must be a day"):
            parse_day(text)
    for text in ("2023-02-29", "0000-01-01", "2023-13-01"):
        with pytest.raises(ValueError, match="not a real day"):
            parse_day(text)
