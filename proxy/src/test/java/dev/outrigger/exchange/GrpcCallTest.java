package dev.outrigger.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.record.GrpcStatus;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcCallTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/grpc",
                "application/grpc+proto",
                "Application/gRPC; charset=utf-8",
                "application/grpc+json"
            })
    void aCallIsToldByItsType(String type) {
        assertTrue(GrpcCall.isOne(request(HttpMethod.POST, type)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/grpc-web", "application/grpc-web+proto", "application/json", "application/grpcx"})
    void whatCarriesItsTrailersOtherwiseIsNone(String type) {
        assertFalse(GrpcCall.isOne(request(HttpMethod.POST, type)));
    }

    @Test
    void onlyAPostIsACall() {
        assertFalse(GrpcCall.isOne(request(HttpMethod.GET, "application/grpc")));
        assertFalse(GrpcCall.isOne(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/")));
    }

    @ParameterizedTest
    @CsvSource({"0, OK", "14, UNAVAILABLE", "16, UNAUTHENTICATED", "17, UNKNOWN", "-1, UNKNOWN", "x, UNKNOWN"})
    void theStatusIsACodeAndAnyOtherIsUnknown(String text, GrpcStatus expected) {
        HttpHeaders headers = new DefaultHttpHeaders().set("grpc-status", text);
        assertEquals(expected, GrpcCall.read(headers));
    }

    @Test
    void aHeadNeedNotSay() {
        assertNull(GrpcCall.read(new DefaultHttpHeaders()));
    }

    @ParameterizedTest
    @CsvSource({
        "OK, SUCCESS, false",
        "CANCELLED, CANCELLED, false",
        "DEADLINE_EXCEEDED, TIMEOUT, true",
        "UNAVAILABLE, ERROR, true",
        "INTERNAL, ERROR, true",
        "UNKNOWN, ERROR, true",
        "DATA_LOSS, ERROR, true",
        "NOT_FOUND, ERROR, false",
        "INVALID_ARGUMENT, ERROR, false",
        "RESOURCE_EXHAUSTED, ERROR, false",
        "UNIMPLEMENTED, ERROR, false"
    })
    void aStatusTellsTheOutcomeAndWhomToBlame(GrpcStatus status, Outcome outcome, boolean blames) {
        assertEquals(outcome, status.outcome());
        assertEquals(blames, status.blamesUpstream());
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void everyReasonHasAStatusThatIsNotOk(Reason reason) {
        GrpcStatus status = GrpcCall.status(reason);
        assertNotNull(status);
        assertFalse(status == GrpcStatus.OK);
    }

    @Test
    void messagesAreOfPrintableAscii() {
        assertEquals("a b%25%0A%C3%A9~", GrpcCall.percentEncoded("a b%\né~"));
    }

    private static HttpRequest request(HttpMethod method, String type) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, "/s/m");
        request.headers().set("content-type", type);
        return request;
    }
}
