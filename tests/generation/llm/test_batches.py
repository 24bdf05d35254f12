from dataclasses import replace
from email.parser import BytesParser

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.llm.batches import Progress, Stage, answers, identifier, order, progress, standing_path, upload
from generation.llm.errors import BadAnswer
from generation.llm.provider import Batching
from tests.generation.llm.choice import QUESTION, VALID
from tests.generation.llm.models import CHEAP, DEAR, KEY, completion, filled

FILES = replace(CHEAP, batching=Batching.OPENAI)
LIST = replace(DEAR, batching=Batching.ANTHROPIC)
TWO = {"main-1800000000-0": QUESTION, "main-1800000000-1": QUESTION}


def test_a_file_of_requests_is_a_form_that_any_parser_reads() -> None:
    request = upload(FILES, TWO)
    assert (request.path, request.headers["Authorization"]) == ("/files", f"Bearer {KEY}")
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    purpose, file = BytesParser().parsebytes(head + request.body).get_payload()  # type: ignore[misc]
    assert purpose.get_payload() == "batch"
    assert file.get_filename() == "questions.jsonl"
    lines = [msgspec.json.decode(line) for line in file.get_payload().splitlines()]
    assert [line["custom_id"] for line in lines] == list(TWO)
    assert {(line["method"], line["url"], line["body"]["model"]) for line in lines} == {("POST", "/v1/chat/completions", "small")}
    assert KEY not in request.body.decode()


def test_a_batch_is_ordered_of_a_file_or_of_a_list() -> None:
    wish = msgspec.json.decode(order(FILES, TWO, "file-1").body)
    assert wish == {"input_file_id": "file-1", "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    request = order(LIST, TWO)
    assert (request.path, request.headers["x-api-key"]) == ("/messages/batches", KEY)
    first = msgspec.json.decode(request.body)["requests"][0]
    assert (first["custom_id"], first["params"]["model"], first["params"]["tool_choice"]["name"]) == (
        "main-1800000000-0",
        "large",
        "answer",
    )
    assert (standing_path(FILES, "b"), standing_path(LIST, "b")) == ("/batches/b", "/messages/batches/b")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"status": "validating"}, Progress(Stage.WORKING)),
        ({"status": "finalizing", "output_file_id": None}, Progress(Stage.WORKING)),
        ({"status": "completed", "output_file_id": "file-2"}, Progress(Stage.OVER, ("/files/file-2/content",))),
        ({"status": "expired", "output_file_id": "file-2"}, Progress(Stage.OVER, ("/files/file-2/content",))),
        ({"status": "failed"}, Progress(Stage.OVER)),
    ],
)
def test_how_far_a_batch_of_files_is(told: dict[str, object], expected: Progress) -> None:
    assert progress(FILES, "b", msgspec.json.encode(told)) == expected


def test_results_are_fetched_from_the_house_of_the_provider_whatever_address_he_names() -> None:
    told = {"processing_status": "ended", "results_url": "http://169.254.169.254/latest"}
    assert progress(LIST, "b", msgspec.json.encode(told)) == Progress(Stage.OVER, ("/messages/batches/b/results",))
    assert progress(LIST, "b", b'{"processing_status": "canceling"}') == Progress(Stage.WORKING)


@pytest.mark.parametrize("strange", ["../files/other", "a/b", "", "x" * 129, "a?b", "a b", 7])
def test_an_identifier_that_would_change_an_address_is_refused(strange: object) -> None:
    with pytest.raises(BadAnswer):
        identifier(msgspec.json.encode({"id": strange}))
    if strange != "":
        with pytest.raises(BadAnswer):
            progress(FILES, "b", msgspec.json.encode({"status": "completed", "output_file_id": strange}))


def test_answers_are_found_by_their_names_in_any_order_and_the_broken_left_out() -> None:
    whole = {"custom_id": "two", "response": {"status_code": 200, "body": msgspec.Raw(completion().body)}}
    refused = {"custom_id": "one", "response": {"status_code": 429, "body": msgspec.Raw(b'{"error": "no"}')}}
    again = {"custom_id": "two", "response": {"status_code": 200, "body": msgspec.Raw(completion(b"{}").body)}}
    body = b"\n".join([b"<html>", msgspec.json.encode(whole), msgspec.json.encode(refused), b"", msgspec.json.encode(again), b'{"cust'])
    found = answers(FILES, body)
    assert list(found) == ["two"]
    assert found["two"].texts == (VALID,)
    ended = {"custom_id": "one", "result": {"type": "succeeded", "message": msgspec.Raw(filled().body)}}
    expired = {"custom_id": "two", "result": {"type": "expired"}}
    assert list(answers(LIST, msgspec.json.encode(expired) + b"\n" + msgspec.json.encode(ended))) == ["one"]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for provider in (FILES, LIST):
        assert answers(provider, body) == {}
        try:
            found = str(progress(provider, "b", body).stage)
        except BadAnswer as fault:
            found = str(fault)
        assert found in {"working", "the batch's state cannot be read"}
