"""What a log may hold."""

import structlog


def test_a_traceback_in_the_log_shows_no_values_of_variables(capsys) -> None:
    def fails(api_key: str) -> None:
        raise ValueError("no luck")

    try:
        fails("a-secret" + "-key")
    except ValueError:
        structlog.get_logger("test").exception("it broke", source=7)
    said = capsys.readouterr().out
    assert "ValueError: no luck" in said
    assert "source" in said
    assert "a-secret-key" not in said
