"""LangChain's own standard suites, run on the offline model.

What a rule-based model cannot honestly do is opted out of by the suites' own switches, each with
its reason; nothing is overridden.
"""

from __future__ import annotations

import inspect

from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from course_utils.model.offline import OfflineChatModel

# Every test the suites skip on this model, and why it is right to skip it.
OPT_OUTS = {
    "test_init_from_env": "the model reads no environment: there is no key or address to find",
    "test_serdes": "the model holds nothing to serialise, so LangChain calls it not serialisable",
    "test_invoke_with_model_override": "there is one offline model: no other name to ask for",
    "test_ainvoke_with_model_override": "as above",
    "test_stream_with_model_override": "as above",
    "test_astream_with_model_override": "as above",
    "test_json_mode": "structured output is a tool call; no rule writes free JSON",
    "test_image_inputs": "rules over words see no pictures",
    "test_image_tool_message": "rules over words see no pictures",
    "test_pdf_inputs": "rules over words read no PDF",
    "test_pdf_tool_message": "rules over words read no PDF",
    "test_audio_inputs": "rules over words hear nothing",
    "test_anthropic_inputs": "the content blocks of one provider; this model serves none",
    "test_stream_time": "times a recorded HTTP exchange; this model makes none",
}


class TestUnitSuite(ChatModelUnitTests):
    """The unit suite, all of it."""

    @property
    def chat_model_class(self) -> type[OfflineChatModel]:
        return OfflineChatModel


class TestIntegrationSuite(ChatModelIntegrationTests):
    """The integration suite: tool calling, streaming, async, batch, usage, structured output."""

    @property
    def chat_model_class(self) -> type[OfflineChatModel]:
        return OfflineChatModel

    @property
    def supports_model_override(self) -> bool:
        return False


def test_every_opt_out_is_a_test_of_the_suites() -> None:
    known = {
        name
        for suite in (ChatModelUnitTests, ChatModelIntegrationTests)
        for name, _ in inspect.getmembers(suite, inspect.isfunction)
    }
    stale = OPT_OUTS.keys() - known
    assert not stale, f"OPT_OUTS lists {stale}, which the installed langchain-tests does not have"
