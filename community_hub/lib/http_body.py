"""The body of an answer, as much of it as may be: capped, in time, and unpacked piece by piece."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterable, Iterator

import httpx

from community_hub.lib.http_deadline import until

GZIP_HEAD = b"\x1f\x8b"


class TooLarge(httpx.TransportError):
    """The body is longer than the cap; reading stopped there."""


class CappedStream(httpx.SyncByteStream):
    """The decompressed body in pieces, until the cap or the time is used up."""

    def __init__(
        self,
        request: httpx.Request,
        response: httpx.Response,
        encoding: str,
        max_bytes: int,
        ends: float,
    ) -> None:
        self._request = request
        self._response = response
        self._encoding = encoding
        self._max_bytes = max_bytes
        self._ends = ends

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._response.stream, httpx.SyncByteStream)
        total = 0
        for piece in self._decoded(self._in_time(self._response.stream)):
            total += len(piece)
            if total > self._max_bytes:
                self.close()
                raise TooLarge(too_large(self._request, self._max_bytes), request=self._request)
            yield piece

    def _in_time(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        waiting = iter(chunks)
        while True:
            with until(self._ends):
                chunk = next(waiting, None)
            if chunk is None:
                return
            if time.monotonic() > self._ends:
                self.close()
                raise httpx.ReadTimeout("The answer took too long.", request=self._request)
            yield chunk

    def _decoded(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        if self._encoding in ("", "identity"):
            return iter(chunks)
        if self._encoding in ("gzip", "x-gzip", "deflate"):
            return self._inflate(chunks)
        raise httpx.DecodingError(
            f"The answer is packed as {self._encoding[:20]}, which was not asked for.",
            request=self._request,
        )

    def _inflate(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Unpack at most 64 KB at a time, so that a bomb never swells in memory."""
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, by its header
        rest = b""  # what follows a member: another one, or padding; its head may be cut in two
        try:
            for chunk in chunks:
                chunk, rest = rest + chunk, b""
                while chunk:
                    if unpack.eof:
                        if len(chunk) < len(GZIP_HEAD) and GZIP_HEAD.startswith(chunk):
                            rest = chunk
                            break
                        if not chunk.startswith(GZIP_HEAD):
                            return
                        unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
                    piece = unpack.decompress(chunk, 65_536)
                    if piece:
                        yield piece
                    chunk = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
            yield unpack.flush()
            if not unpack.eof:
                raise httpx.DecodingError("The answer was cut off.", request=self._request)
        except zlib.error as error:
            raise httpx.DecodingError(
                "The answer is garbled: it could not be unpacked.", request=self._request
            ) from error

    def close(self) -> None:
        self._response.close()


def too_large(request: httpx.Request, max_bytes: int) -> str:
    return f"{request.url.host} sent more than {max_bytes // 1_000_000 or 1} MB."
