package dev.outrigger.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.admin.RawClient.Answer;
import dev.outrigger.config.model.RuntimeConfig.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every operations port does with requests, whatever the transport. */
abstract class OpsServerContract extends OpsServerFixture {
    OpsServerContract(Transport transport) {
        super(transport);
    }

    @Test
    void keepsTheConnectionForTheNextRequest() throws IOException {
        try (RawClient client = connect()) {
            assertEquals("a", client.send(get("/echo/a")).read().body());
            assertEquals("b", client.send(get("/echo/b")).read().body());
        }
    }

    @Test
    void answersAreNeitherCachedNorSniffed() throws IOException {
        try (RawClient client = connect()) {
            Answer answer = client.send(get("/echo/a")).read();
            assertEquals("no-store", answer.header("cache-control"));
            assertEquals("nosniff", answer.header("x-content-type-options"));
            assertEquals("text/plain; charset=utf-8", answer.header("content-type"));
        }
    }

    @Test
    void headHasTheHeadOfGetAndNoBody() throws IOException {
        try (RawClient client = connect()) {
            Answer head =
                    client.send("HEAD /echo/abc HTTP/1.1\r\n" + HOST + "\r\n").readHead();
            assertEquals(200, head.status());
            assertEquals("3", head.header("content-length"));
            assertEquals("b", client.send(get("/echo/b")).read().body());
        }
    }

    @Test
    void anUnknownPathIsAnsweredWithTheKnownOnes() throws IOException {
        try (RawClient client = connect()) {
            Answer answer = client.send(get("/nothing")).read();
            assertEquals(404, answer.status());
            assertEquals("application/json", answer.header("content-type"));
            assertTrue(answer.body().contains("\"GET /echo/{name}\""), answer.body());
            assertTrue(answer.body().contains("\"POST /size\""), answer.body());
            assertEquals(404, client.send(get("/echo/a/b")).read().status());
            assertEquals(404, client.send(get("/echo")).read().status());
        }
    }

    @Test
    void anotherMethodIsAnsweredWithTheAllowedOnes() throws IOException {
        try (RawClient client = connect()) {
            Answer post = client.send("POST /echo/a HTTP/1.1\r\n" + HOST + "Content-Length: 0\r\n\r\n")
                    .read();
            assertEquals(405, post.status());
            assertEquals("GET, HEAD", post.header("allow"));
            Answer get = client.send(get("/size")).read();
            assertEquals(405, get.status());
            assertEquals("POST", get.header("allow"));
        }
    }

    @Test
    void pathsAndQueriesAreDecoded() throws IOException {
        try (RawClient client = connect()) {
            assertEquals(
                    "a/b c+ü", client.send(get("/echo/a%2Fb%20c+%C3%BC")).read().body());
            assertEquals(
                    "1 2|3", client.send(get("/query?q=1+2&q=3&x=4")).read().body());
        }
    }

    @Test
    void closesWhenAskedTo() throws IOException {
        try (RawClient client = connect()) {
            client.send("GET /echo/a HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");
            Answer answer = client.read();
            assertEquals("a", answer.body());
            assertEquals("close", answer.header("connection"));
            assertTrue(client.isEnded());
        }
    }

    @Test
    void http10ClosesUnlessItAsksToKeep() throws IOException {
        try (RawClient client = connect()) {
            Answer kept = client.send("GET /echo/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    .read();
            assertEquals("keep-alive", kept.header("connection"));
            assertEquals("b", client.send("GET /echo/b HTTP/1.0\r\n\r\n").read().body());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (RawClient client = connect()) {
            client.send(get("/slow") + "HEAD /echo/x HTTP/1.1\r\n" + HOST + "\r\n" + get("/echo/b") + get("/slow"));
            nextSlow().complete(OpsReply.text(200, "first"));
            assertEquals("first", client.read().body());
            assertEquals("1", client.readHead().header("content-length"));
            assertEquals("b", client.read().body());
            nextSlow().complete(OpsReply.text(200, "last"));
            assertEquals("last", client.read().body());
        }
    }

    @Test
    void manyPipelinedRequestsAreAnswered() throws IOException {
        try (RawClient client = connect()) {
            client.send(get("/echo/a").repeat(120));
            for (int i = 0; i < 120; i++) {
                assertEquals("a", client.read().body());
            }
        }
    }

    @Test
    void requestsMayArriveByteByByte() throws IOException {
        try (RawClient client = connect()) {
            for (char c : ("POST /size HTTP/1.1\r\n" + HOST + "Content-Length: 3\r\n\r\nabc").toCharArray()) {
                client.send(String.valueOf(c));
            }
            assertEquals("3", client.read().body());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NONSENSE\r\n\r\n",
                "GET /echo/a HTTP/1.1\r\n\r\n",
                "GET /echo/a HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                "GET echo HTTP/1.1\r\nHost: a\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET http://b/echo/a HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /echo/%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /echo/% HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /echo/a HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n",
                "GET /echo/a HTTP/1.1\nHost: a\n\n",
                "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            })
    void malformedRequestsAreRefusedAndEndTheConnection(String request) throws IOException {
        try (RawClient client = connect()) {
            Answer answer = client.send(request + get("/echo/after")).read();
            assertEquals(400, answer.status());
            assertTrue(answer.body().contains("\"error\""), answer.body());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void aMalformedRequestIsAnsweredAfterTheOnesBeforeIt() throws Exception {
        try (RawClient client = connect()) {
            client.send(get("/slow") + "NONSENSE\r\n\r\n");
            nextSlow().complete(OpsReply.text(200, "first"));
            assertEquals("first", client.read().body());
            assertEquals(400, client.read().status());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void theAbsoluteFormPassesIfItNamesTheSameHost() throws IOException {
        try (RawClient client = connect()) {
            assertEquals(
                    "a",
                    client.send("GET HTTP://LOCALHOST/echo/a HTTP/1.1\r\n" + HOST + "\r\n")
                            .read()
                            .body());
            assertEquals(
                    404,
                    client.send("GET http://localhost HTTP/1.1\r\n" + HOST + "\r\n")
                            .read()
                            .status());
        }
    }

    @Test
    void otherVersionsOfHttpAreRefused() throws IOException {
        try (RawClient client = connect()) {
            assertEquals(
                    505,
                    client.send("GET /echo/a HTTP/1.9\r\n" + HOST + "\r\n")
                            .read()
                            .status());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void headsBeyondTheLimitsAreRefused() throws IOException {
        InetSocketAddress address = server.start(ANY_PORT);
        try (RawClient client = new RawClient(address)) {
            assertEquals(
                    414, client.send(get("/echo/" + "a".repeat(5_000))).read().status());
            assertTrue(client.isEnded());
        }
        try (RawClient client = new RawClient(address)) {
            String header = "X-Long: " + "a".repeat(1_000) + "\r\n";
            client.send("GET /echo/a HTTP/1.1\r\n" + HOST + header.repeat(20) + "\r\n");
            assertEquals(431, client.read().status());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void bodiesUpToTheLimitPass() throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /size HTTP/1.1\r\n" + HOST + "Content-Length: 65536\r\n\r\n" + "a".repeat(65_536));
            assertEquals("65536", client.read().body());
            client.send("POST /size HTTP/1.1\r\n" + HOST
                    + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
            assertEquals("5", client.read().body());
        }
    }

    @Test
    void bodiesBeyondTheLimitAreRefusedInTheirTurnAndTheAnswerIsNotLost() throws Exception {
        try (RawClient client = connect()) {
            client.send(get("/slow") + "POST /size HTTP/1.1\r\n" + HOST + "Content-Length: 300000\r\n\r\n");
            client.send("a".repeat(100_000));
            nextSlow().complete(OpsReply.text(200, "first"));
            assertEquals("first", client.read().body());
            Answer refusal = client.read();
            assertEquals(413, refusal.status());
            assertEquals("close", refusal.header("connection"));
            client.send("a".repeat(100_000));
            assertTrue(client.isEnded());
        }
    }

    @Test
    void chunkedBodiesBeyondTheLimitAreRefused() throws IOException {
        try (RawClient client = connect()) {
            String chunk = "1000\r\n" + "a".repeat(0x1000) + "\r\n";
            client.send("POST /size HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(17));
            assertEquals(413, client.read().status());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void aClientThatAsksFirstIsToldToContinue() throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /size HTTP/1.1\r\n" + HOST + "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            assertEquals(100, client.read().status());
            assertEquals("3", client.send("abc").read().body());
        }
    }

    @Test
    void aClientThatAsksFirstWithTooMuchIsRefusedAtOnce() throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /size HTTP/1.1\r\n" + HOST + "Content-Length: 99999\r\nExpect: 100-continue\r\n\r\n");
            assertEquals(413, client.read().status());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void otherExpectationsAreRefused() throws IOException {
        try (RawClient client = connect()) {
            client.send("GET /echo/a HTTP/1.1\r\n" + HOST + "Expect: wonders\r\n\r\n");
            assertEquals(417, client.read().status());
        }
    }

    @Test
    void aClientThatSendsNoMoreStillGetsItsAnswers() throws Exception {
        try (RawClient client = connect()) {
            client.send(get("/slow") + get("/echo/b")).endInput();
            nextSlow().complete(OpsReply.text(200, "first"));
            assertEquals("first", client.read().body());
            assertEquals("b", client.read().body());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void aClientThatLeavesBeforeItsAnswerHarmsNobody() throws Exception {
        InetSocketAddress address = server.start(ANY_PORT);
        CompletableFuture<OpsReply> answer;
        try (RawClient gone = new RawClient(address)) {
            gone.send(get("/slow"));
            answer = nextSlow();
        }
        answer.complete(OpsReply.text(200, "too late"));
        try (RawClient client = new RawClient(address)) {
            assertEquals("a", client.send(get("/echo/a")).read().body());
        }
    }

    @Test
    void aDefectOfAnEndpointIsAnsweredWithoutInternals() throws IOException {
        try (RawClient client = connect()) {
            for (String path : List.of("/throws", "/fails")) {
                Answer answer = client.send(get(path)).read();
                assertEquals(500, answer.status());
                assertTrue(!answer.body().contains("internals"), answer.body());
            }
            assertEquals("a", client.send(get("/echo/a")).read().body());
        }
    }

    @Test
    void aConnectionThatSendsNoCompleteRequestInTimeIsClosed() throws IOException {
        server = serverWith(new OpsLimits(8, 1024, Duration.ofMillis(100)));
        InetSocketAddress address = server.start(ANY_PORT);
        try (RawClient silent = new RawClient(address);
                RawClient halfway = new RawClient(address)) {
            halfway.send("GET /echo/a HTTP/1.1\r\nHo");
            assertTrue(silent.isEnded());
            assertTrue(halfway.isEnded());
        }
    }

    @Test
    void aConnectionThatTricklesIsClosed() throws IOException {
        server = serverWith(new OpsLimits(8, 1024, Duration.ofMillis(200)));
        try (RawClient client = connect()) {
            client.send("GET /echo/");
            assertTrue(client.isEndedWhileTrickling("a"));
        }
    }

    @Test
    void anAnswerThatNeverComesEndsTheConnection() throws IOException {
        server = serverWith(new OpsLimits(8, 1024, Duration.ofMillis(100)));
        try (RawClient client = connect()) {
            assertTrue(client.send(get("/slow")).isEnded());
        }
    }

    @Test
    void oneConnectionTooManyClosesTheOneThatWaitedLongest() throws IOException {
        server = serverWith(new OpsLimits(2, 1024, Duration.ofSeconds(60)));
        InetSocketAddress address = server.start(ANY_PORT);
        try (RawClient first = new RawClient(address);
                RawClient second = new RawClient(address)) {
            assertEquals("a", first.send(get("/echo/a")).read().body());
            assertEquals("b", second.send(get("/echo/b")).read().body());
            assertEquals("c", first.send(get("/echo/c")).read().body());
            try (RawClient third = new RawClient(address)) {
                assertEquals("d", third.send(get("/echo/d")).read().body());
                assertTrue(second.isEnded());
                assertEquals("e", first.send(get("/echo/e")).read().body());
            }
        }
    }

    @Test
    void connectionsInTheMiddleOfAnAnswerAreNotClosedForNewOnes() throws Exception {
        server = serverWith(new OpsLimits(1, 1024, Duration.ofSeconds(60)));
        InetSocketAddress address = server.start(ANY_PORT);
        try (RawClient first = new RawClient(address)) {
            first.send(get("/slow"));
            CompletableFuture<OpsReply> answer = nextSlow();
            try (RawClient second = new RawClient(address)) {
                assertTrue(second.isEnded());
            }
            answer.complete(OpsReply.text(200, "late"));
            assertEquals("late", first.read().body());
        }
    }

    @Test
    void bodiesAreUtf8() throws IOException {
        try (RawClient client = connect()) {
            Answer answer = client.send(get("/echo/%E2%82%AC")).read();
            assertEquals("€", answer.body());
            assertEquals("" + "€".getBytes(UTF_8).length, answer.header("content-length"));
        }
    }
}
