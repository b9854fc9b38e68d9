"""The usual way by hand: FastAPI with Form parameters, twilio's RequestValidator and VoiceResponse, for one menu.

It speaks the words of the menu that our webhook answers with, given to it in the environment; where the caller is stands
in clear in the address. It has no hours, no count of askings, no log, no metrics.
"""

from __future__ import annotations

import json
import os
from typing import Annotated, Any

from fastapi import FastAPI, Form, HTTPException, Request, Response
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather, VoiceResponse

BASE_URL = os.environ["BENCH_URL"]
MENU: dict[str, Any] = json.loads(os.environ["BENCH_MENU"])  # key → what is said and how it is listened to
validator = RequestValidator(os.environ["BENCH_TOKEN"])
app = FastAPI()


@app.post("/menu/{at}")
async def menu(
    request: Request,
    at: str,
    CallSid: Annotated[str, Form()],
    From: Annotated[str, Form()] = "",
    To: Annotated[str, Form()] = "",
    CallStatus: Annotated[str, Form()] = "",
    Digits: Annotated[str, Form()] = "",
    SpeechResult: Annotated[str, Form()] = "",
    language: str = "nl",
) -> Response:
    form = await request.form()
    url = BASE_URL + request.url.path + "?" + request.url.query
    if not validator.validate(url, dict(form), request.headers.get("x-twilio-signature", "")):
        raise HTTPException(403)
    answer = VoiceResponse()
    chosen = MENU.get(Digits or SpeechResult)
    if chosen is None:
        answer.say("Dat is geen keuze in dit menu.", language="nl-NL")
        answer.redirect(f"/menu/{at}?language={language}")
    else:
        gather = Gather(
            input=chosen["input"],
            action=f"/menu/{Digits}?language={language}",
            method="POST",
            num_digits=1,
            timeout=chosen["wait"],
            language=chosen["locale"],
            action_on_empty_result=True,
        )
        for text in chosen["says"]:
            gather.say(text, voice=chosen["voice"], language=chosen["locale"])
        answer.append(gather)
    return Response(str(answer), media_type="text/xml")
