"""Params: strictly typed from programs, and each fault told at its field."""

from __future__ import annotations

import json

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from videos.core.errors import AppError
from videos.operations.forms import OperationForm, checked, from_json, json_schema, problem
from videos.operations.thumbnails import OPERATION as THUMBNAILS
from videos.operations.trim import OPERATION as TRIM

NUMBER, WORD, CHOICE, SWITCH = "number", "word", "choice", "switch"


class CountForm(OperationForm):
    """Whole numbers, of which one is needed."""

    one_of = ("few", "many")
    few = forms.IntegerField(required=False, min_value=1, max_value=9)
    many = forms.IntegerField(required=False, min_value=10, max_value=99)


class ExampleForm(OperationForm):
    """One field of each kind."""

    number = forms.FloatField(required=False)
    word = forms.CharField(required=False)
    choice = forms.ChoiceField(required=False, choices=[("a", "A"), ("b", "B")])
    switch = forms.BooleanField(required=False)


def refused(data: dict[str, object], form: type[OperationForm] = ExampleForm) -> AppError:
    with pytest.raises(AppError) as caught:
        from_json(form, data)
    assert caught.value.status == 422
    assert caught.value.code == "invalid"
    return caught.value


class TogetherForm(OperationForm):
    """Its fields are right, but not together."""

    def clean(self) -> dict[str, object]:
        raise problem("does_not_apply")


def test_what_is_wrong_with_no_single_field_has_a_code_of_its_own() -> None:
    with pytest.raises(AppError) as caught:
        from_json(TogetherForm, {})
    assert (caught.value.code, caught.value.status, caught.value.fields) == (
        "does_not_apply",
        422,
        {},
    )


@pytest.mark.parametrize(
    "value",
    ["5", "", None, True, [1], {"a": 1}, float("nan"), float("inf"), float("-inf"), 10**400, 1e300],
)
def test_only_a_finite_number_is_a_number(value: object) -> None:
    assert refused({NUMBER: value}).fields == {NUMBER: "not_a_number"}


@pytest.mark.parametrize("value", [0, 0.0, -1, 12.5, 2**53 - 1])
def test_whole_and_broken_numbers_are_taken(value: float) -> None:
    assert from_json(ExampleForm, {NUMBER: value})[NUMBER] == value


@pytest.mark.parametrize("value", [1, None, True, ["a"]])
def test_text_is_a_string(value: object) -> None:
    assert refused({WORD: value}).fields == {WORD: "not_text"}


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_a_switch_is_true_or_false(value: object) -> None:
    assert refused({SWITCH: value}).fields == {SWITCH: "not_a_choice"}


def test_another_word_is_no_choice_and_the_choices_are_named() -> None:
    error = refused({CHOICE: "c"})
    assert error.fields == {CHOICE: "not_a_choice"}
    assert error.values["choices"] == "a, b"


def test_every_unknown_name_and_wrong_type_is_named_at_once() -> None:
    error = refused({"inputPath": "/etc/passwd", "extra": 1, NUMBER: "1"})
    assert error.fields == {
        "inputPath": "unknown_field",
        "extra": "unknown_field",
        NUMBER: "not_a_number",
    }


def test_what_is_needed_and_missing_is_named() -> None:
    assert refused({}, TRIM.form).fields == {"startTime": "required", "endTime": "required"}


def test_an_error_of_a_cleaner_brings_its_code_and_its_blanks() -> None:
    form = TRIM.form(
        data={"startTime": 1, "endTime": 9, "mode": "exact"}, sources=[factories.source()]
    )
    with pytest.raises(AppError) as caught:
        checked(form)
    assert caught.value.fields == {"endTime": "past_the_end"}
    assert caught.value.values == {"end": "00:04"}


def test_a_problem_reads_as_its_sentence() -> None:
    assert problem("negative_time").messages == ["The time cannot be negative."]


@given(
    st.dictionaries(
        st.sampled_from(["startTime", "endTime", "mode", "inputPath"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: st.lists(inner, max_size=2),
        ),
    )
)
def test_whatever_a_program_sends_is_taken_or_refused(data: dict[str, object]) -> None:
    try:
        params = from_json(TRIM.form, data, [factories.source()])
    except AppError:
        return
    assert 0 <= params["startTime"] < params["endTime"] <= 4
    assert json.loads(json.dumps(params, allow_nan=False)) == params


def test_the_schema_has_types_choices_and_what_is_required() -> None:
    schema = json_schema(TRIM.form)
    assert schema["required"] == ["startTime", "endTime"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["startTime"]["type"] == "number"
    assert schema["properties"]["mode"]["enum"] == ["exact", "fast"]


def test_the_schema_names_the_fields_of_which_exactly_one_is_required() -> None:
    assert json_schema(THUMBNAILS.form)["oneOf"] == [
        {"required": ["time"]},
        {"required": ["count"]},
    ]


@pytest.mark.parametrize("value", [2.5, "2", None, True, float("nan")])
def test_a_count_is_a_whole_number(value: object) -> None:
    assert refused({"few": value}, CountForm).fields == {"few": "not_a_whole_number"}


@pytest.mark.parametrize("value", [0, -1, 10, 10**6])
def test_a_count_outside_its_bounds_is_answered_with_them(value: int) -> None:
    error = refused({"few": value}, CountForm)
    assert error.fields == {"few": "out_of_range"}
    assert error.values_for("few") == {"least": 1, "most": 9}


def test_each_field_is_answered_with_its_own_bounds() -> None:
    error = refused({"few": 0, "many": 0}, CountForm)
    assert error.values_for("few")["most"] == 9
    assert error.values_for("many")["most"] == 99


@pytest.mark.parametrize("data", [{}, {"few": 1, "many": 10}])
def test_both_and_neither_of_two_that_exclude_each_other_are_refused(
    data: dict[str, object],
) -> None:
    assert refused(data, CountForm).fields == {"few": "exactly_one", "many": "exactly_one"}


def test_bounds_are_in_the_schema() -> None:
    assert json_schema(CountForm)["properties"]["few"] == {
        "title": "",
        "type": "integer",
        "minimum": 1,
        "maximum": 9,
    }
