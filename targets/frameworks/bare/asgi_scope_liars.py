"""ASGI applications with one lie each: they need what a server need not give in a scope."""

from asgi_contract import AsgiContract
from lies import liar


class _Needs(AsgiContract):
    """Uses optional keys of the scope as if they were always there."""

    kinds = ("http",)

    async def __call__(self, scope, receive, send):
        if scope["type"] in self.kinds:
            self.use(scope)
        await super().__call__(scope, receive, send)


@liar(
    "asgi.http.app.default_client",
    ["test_any_legal_shape_of_a_scope_is_served", "test_the_client_may_be_unknown"],
)
class NeedsClient(_Needs):
    """Fails without client."""

    def use(self, scope):
        host, _port = scope["client"]
        return host


@liar(
    "asgi.http.app.default_server",
    ["test_any_legal_shape_of_a_scope_is_served", "test_the_server_s_address_may_be_unknown"],
)
class NeedsServer(_Needs):
    """Fails without server."""

    def use(self, scope):
        host, _port = scope["server"]
        return host


@liar(
    "asgi.http.app.default_server",
    ["test_any_legal_shape_of_a_scope_is_served", "test_the_server_s_address_may_be_unknown"],
)
class NeedsServerPort(_Needs):
    """Fails for a unix socket, which has no port."""

    def use(self, scope):
        return int((scope.get("server") or ("", 0))[1])


@liar(
    "asgi.http.app.default_scheme",
    ["test_any_legal_shape_of_a_scope_is_served", "test_the_scheme_is_http_if_there_is_none"],
)
class NeedsScheme(_Needs):
    """Fails without scheme."""

    def use(self, scope):
        return scope["scheme"]


@liar(
    "asgi.http.app.default_raw_path",
    ["test_any_legal_shape_of_a_scope_is_served", "test_raw_path_may_be_missing"],
)
class NeedsRawPath(_Needs):
    """Fails without raw_path."""

    def use(self, scope):
        return scope["raw_path"].decode()


@liar(
    "asgi.http.app.default_root_path",
    ["test_any_legal_shape_of_a_scope_is_served", "test_the_root_path_is_empty_if_there_is_none"],
)
class NeedsRootPath(_Needs):
    """Fails without root_path."""

    def use(self, scope):
        return scope["root_path"]


@liar(
    "asgi.http.app.default_state", ["test_any_legal_shape_of_a_scope_is_served", "test_state_may_be_missing"]
)
class NeedsState(_Needs):
    """Fails without state."""

    def use(self, scope):
        return scope["state"]


@liar(
    "asgi.http.app.default_extensions",
    ["test_any_legal_shape_of_a_scope_is_served", "test_extensions_may_be_missing"],
)
class NeedsExtensions(_Needs):
    """Fails without extensions."""

    def use(self, scope):
        return scope["extensions"]


@liar(
    "asgi.http.app.default_spec_version",
    [
        "test_any_legal_shape_of_a_scope_is_served",
        "test_the_version_of_asgi_may_be_missing",
        "test_the_version_of_the_specification_may_be_missing",
    ],
)
class NeedsSpecVersion(_Needs):
    """Fails without the version of the specification."""

    def use(self, scope):
        return scope["asgi"]["spec_version"]


@liar("asgi.core.scope.asgi_version_default", ["test_the_version_of_asgi_may_be_missing"])
class NeedsAsgi(_Needs):
    """Fails without asgi."""

    def use(self, scope):
        return scope["asgi"]["version"]


@liar(
    "asgi.http.app.headers_any_iterable",
    [
        "test_any_legal_shape_of_a_scope_is_served",
        "test_headers_may_be_lists_or_tuples",
        "test_what_becomes_of_headers_that_can_be_read_once",
    ],
)
class NeedsHeaderTuples(_Needs):
    """Fails on header fields that are lists."""

    def use(self, scope):
        return dict.fromkeys(scope["headers"], True)


@liar("asgi.http.app.headers_any_iterable", ["test_what_becomes_of_headers_that_can_be_read_once"])
class ReadsHeadersTwice(_Needs):
    """Reads the headers once more than an iterator lets it."""

    def use(self, scope):
        return list(scope["headers"])


@liar("asgi.http.app.headers_mixed_case", ["test_header_names_are_found_in_any_case"])
class NeedsLowerCase(AsgiContract):
    """Finds only header fields with names in lower case."""

    async def echo(self, exchange):
        found = (value.decode() for name, value in exchange.scope["headers"] if name == b"content-type")
        kind = next(found, "application/octet-stream")
        await exchange.respond(await exchange.body(), [("content-type", kind)])


@liar(
    "asgi.http.app.decode_headers",
    [
        "test_a_value_that_is_not_ascii_does_no_harm",
        "test_any_legal_shape_of_a_scope_is_served",
        "test_what_becomes_of_headers_that_can_be_read_once",
    ],
)
class NeedsAscii(_Needs):
    """Fails on a header value that is not ASCII."""

    def use(self, scope):
        return [value.decode("ascii") for _name, value in scope["headers"]]


@liar("asgi.http.app.h2_cookies", ["test_cookies_in_several_fields_are_all_seen"])
class FirstCookieField(AsgiContract):
    """Sees only the first of two cookie fields."""

    async def cookies(self, exchange):
        kept = [pair for pair in exchange.scope["headers"] if pair[0] == b"cookie"][:1]
        exchange.scope = dict(exchange.scope, headers=kept)
        await super().cookies(exchange)


@liar(
    "asgi.core.error.extra_scope_keys_app",
    ["test_any_legal_shape_of_a_scope_is_served", "test_unknown_extensions_do_no_harm"],
)
class KnowsAllKeys(_Needs):
    """Fails on an extension that it does not know."""

    def use(self, scope):
        unknown = set(scope.get("extensions") or ()) - {"tls", "http.response.push"}
        if unknown:
            raise ValueError(f"unknown extensions: {unknown}")


@liar("asgi.core.error.extra_scope_keys_app", ["test_unknown_keys_of_a_scope_do_no_harm"])
class KnowsAllScopeKeys(_Needs):
    """Fails on a key of a scope that it does not know."""

    def use(self, scope):
        unknown = [key for key in scope if "." in key]
        if unknown:
            raise ValueError(f"unknown keys: {unknown}")


@liar("asgi.core.error.extra_scope_keys_app", ["test_unknown_keys_of_a_websocket_scope_do_no_harm"])
class KnowsAllWebSocketKeys(KnowsAllScopeKeys):
    """Fails on a key of a WebSocket's scope that it does not know."""

    kinds = ("websocket",)


@liar(
    "asgi.http.app.root_path_in_path",
    ["test_a_route_is_found_below_a_root_path", "test_the_root_path_stands_in_urls_once"],
)
class RoutesByTheWholePath(AsgiContract):
    """Looks for routes at the top, wherever it is mounted."""

    async def http(self, scope, receive, send):
        await super().http(dict(scope, root_path=""), receive, send)


@liar("asgi.http.app.root_path_in_path", ["test_the_root_path_stands_in_urls_once"])
class DoublesTheRootPath(AsgiContract):
    """Builds URLs from the root path and a path that includes it."""

    async def inspect(self, exchange):
        scope = exchange.scope
        exchange.scope = dict(scope, path=scope.get("root_path", "") + scope["path"])
        await super().inspect(exchange)


@liar("asgi.core.app.reject_unknown_type", ["test_a_scope_of_an_unknown_type_is_refused"])
class TakesAnyScope(AsgiContract):
    """Returns without a word from a scope that it does not understand."""

    async def __call__(self, scope, receive, send):
        if scope["type"] in ("http", "websocket", "lifespan"):
            await super().__call__(scope, receive, send)


@liar("asgi.core.middleware.copy_scope", ["test_the_server_s_scope_stays_as_it_is"])
class ChangesTheScope(AsgiContract):
    """Changes the scope that it was given."""

    async def http(self, scope, receive, send):
        scope["compliance.changed"] = True
        await super().http(scope, receive, send)


@liar("asgi.ws.app.query_string_none", ["test_the_query_string_of_a_websocket_may_be_none"])
class NeedsQueryBytes(_Needs):
    """Fails on a WebSocket whose query_string is None."""

    kinds = ("websocket",)

    def use(self, scope):
        return scope.get("query_string", b"").decode()


@liar(
    "asgi.ws.app.defaults",
    [
        "test_a_key_of_a_websocket_scope_may_be_missing",
        "test_any_legal_shape_of_a_websocket_scope_works",
        "test_no_subprotocols_are_none_offered",
    ],
)
class NeedsWebSocketKeys(_Needs):
    """Fails on a WebSocket without the optional keys."""

    kinds = ("websocket",)

    def use(self, scope):
        return scope["scheme"], scope["http_version"], scope["subprotocols"]
