"""The contract in Django, with its settings, for both interfaces."""

import asyncio
import hashlib
import inspect
import json
import time

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import (
    FileResponse,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.urls import path
from django.utils.decorators import sync_and_async_middleware
from django.views.decorators.http import require_http_methods

from compliance.guest.channel import FILE, agate, asleep, gate, note

settings.configure(
    ALLOWED_HOSTS=["*"],
    DEBUG=False,
    LOGGING={
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
    },
    MIDDLEWARE=["django.middleware.common.CommonMiddleware", __name__ + ".urls_of_the_interface"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="no secret",  # noqa: S106
)

PATTERN = bytes(range(256)) * 256
ASYNC_STREAMS = django.VERSION >= (4, 2)
allow_write = require_http_methods(["POST", "PUT", "PATCH"])


def _text(text, status=200):
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def hello(request):
    return _text("hello")


@allow_write
def echo(request):
    return HttpResponse(
        request.body, content_type=request.headers.get("content-type", "application/octet-stream")
    )


def inspected(request):
    return JsonResponse(
        {
            "method": request.method,
            "root": request.META.get("SCRIPT_NAME", ""),
            "path": request.path,
            "query": request.META.get("QUERY_STRING", ""),
            "headers": [[name.lower(), value] for name, value in request.headers.items()],
            "scheme": request.scheme,
            "client": request.META.get("REMOTE_ADDR"),
            "url": request.build_absolute_uri(),
        }
    )


def rest_of_path(request, rest=""):
    return _text(rest)


def query(request):
    pairs = [[name, value] for name, values in request.GET.lists() for value in values]
    return JsonResponse(pairs, safe=False)


@allow_write
def parse_json(request):
    try:
        value = json.loads(request.body)
    except ValueError:
        return HttpResponseBadRequest("bad JSON", content_type="text/plain")
    return JsonResponse(value, safe=False)


@allow_write
def form(request):
    pairs = [[name, value] for name, values in request.POST.lists() for value in values]
    return JsonResponse(pairs, safe=False)


@allow_write
def digest(request):
    found = hashlib.sha256()
    for block in iter(lambda: request.read(65536), b""):
        note("read", len(block))
        found.update(block)
    return _text(found.hexdigest())


def status(request, code):
    if code in (204, 304):
        return HttpResponse(status=code)
    return _text("status %d" % code, code)


def headers(request):
    response = _text("headers")
    response["x-latin"] = "\xe9"
    return response


def cookies(request):
    response = _text("cookies")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


def read_cookies(request):
    return JsonResponse(request.COOKIES)


def redirect(request):
    return HttpResponseRedirect("/")


def nothing(request):
    return HttpResponse(status=204)


def raise_(request):
    raise RuntimeError("the handler raised")


def file(request):
    return FileResponse(open(FILE, "rb"))


def block(request, ms):
    note("enter")
    time.sleep(ms / 1000)
    note("leave")
    return _text("slept")


def hold_blocking(request):
    gate("hold")
    return _text("held")


# Views of which there is one for each interface


def _parts(count):
    try:
        for number in range(count):
            if number:
                gate("part-%d" % number)
            yield b"part-%d\n" % number
    finally:
        note("stream closed")


def stream(request, count):
    return StreamingHttpResponse(_parts(count), content_type="text/plain")


def _broken():
    yield b"part-0\n"
    raise RuntimeError("the stream raised")


def stream_raise(request):
    return StreamingHttpResponse(_broken(), content_type="text/plain")


def _blocks(size):
    for start in range(0, size, len(PATTERN)):
        yield PATTERN[: size - start]


def large(request, size):
    return StreamingHttpResponse(_blocks(size), content_type="application/octet-stream")


async def _aparts(count):
    try:
        for number in range(count):
            if number:
                await agate("part-%d" % number)
            yield b"part-%d\n" % number
    finally:
        note("stream closed")


async def astream(request, count):
    return StreamingHttpResponse(_aparts(count), content_type="text/plain")


async def _abroken():
    yield b"part-0\n"
    raise RuntimeError("the stream raised")


async def astream_raise(request):
    return StreamingHttpResponse(_abroken(), content_type="text/plain")


async def _ablocks(size):
    for start in range(0, size, len(PATTERN)):
        yield PATTERN[: size - start]


async def alarge(request, size):
    return StreamingHttpResponse(_ablocks(size), content_type="application/octet-stream")


async def asleep_(request, ms):
    note("enter")
    await asleep(ms / 1000)
    note("leave")
    return _text("slept")


async def ahold(request):
    await agate("hold")
    return _text("held")


async def disconnected(request):
    note("waiting for the disconnect")
    try:
        while True:
            await asleep(60)
    except asyncio.CancelledError:
        note("disconnected")
        raise


urlpatterns = [
    path("", hello),
    path("echo", echo),
    path("inspect", inspected),
    path("path/", rest_of_path),
    path("path/<path:rest>", rest_of_path),
    path("query", query),
    path("json", parse_json),
    path("form", form),
    path("digest", digest),
    path("status/<int:code>", status),
    path("headers", headers),
    path("cookies", cookies),
    path("cookies/read", read_cookies),
    path("redirect", redirect),
    path("nothing", nothing),
    path("raise", raise_),
    path("file", file),
    path("block/<int:ms>", block),
    path("hold-blocking", hold_blocking),
    path("stream/<int:count>", stream),
    path("stream-raise", stream_raise),
    path("large/<int:size>", large),
    path("sleep/<int:ms>", block),
    path("hold", hold_blocking),
]

_OF_ASGI = [
    path("sleep/<int:ms>", asleep_),
    path("hold", ahold),
    path("disconnected", disconnected),
]
_STREAMS_OF_ASGI = [
    path("stream/<int:count>", astream),
    path("stream-raise", astream_raise),
    path("large/<int:size>", alarge),
]
ASGI_URLS = tuple(_OF_ASGI + (_STREAMS_OF_ASGI if ASYNC_STREAMS else []) + urlpatterns)


@sync_and_async_middleware
def urls_of_the_interface(get_response):
    """Give ASGI the views that await; WSGI keeps the plain ones."""
    if not inspect.iscoroutinefunction(get_response):
        return get_response

    async def middleware(request):
        request.urlconf = ASGI_URLS
        return await get_response(request)

    return middleware


wsgi = get_wsgi_application()
asgi = get_asgi_application()
