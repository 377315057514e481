package dev.outrigger.app;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the exchanges out of what a {@link Tap} has kept. */
final class WireParser {
    private WireParser() {}

    static List<WireExchange> parse(List<Tap.Connection> connections) {
        List<WireExchange> exchanges = new ArrayList<>();
        for (Tap.Connection connection : connections) {
            parse(connection, exchanges);
        }
        return exchanges;
    }

    /** Nobody pipelines here, and if somebody did: responses come in the order of the requests. */
    private static void parse(Tap.Connection connection, List<WireExchange> exchanges) {
        List<Message> requests = messages(connection.fromClient(), new HttpRequestDecoder());
        List<Message> responses = messages(connection.fromServer(), new HttpResponseDecoder());
        responses.removeIf(message -> message.head instanceof HttpResponse head
                && head.status().codeClass() == HttpStatusClass.INFORMATIONAL);
        if (responses.size() > requests.size()) {
            throw new AssertionError("more responses than requests: " + responses.size() + " > " + requests.size());
        }
        for (int i = 0; i < requests.size(); i++) {
            Message request = requests.get(i);
            HttpRequest head = (HttpRequest) request.head;
            Message response = i < responses.size() ? responses.get(i) : null;
            boolean complete = response != null && response.isComplete;
            exchanges.add(new WireExchange(
                    head.method().name(),
                    head.uri(),
                    headers(request),
                    request.body.toString(),
                    response == null
                            ? 0
                            : ((HttpResponse) response.head).status().code(),
                    response == null ? List.of() : headers(response),
                    response == null ? "" : response.body.toString(),
                    complete,
                    !complete && connection.endedByClient()));
        }
    }

    private static List<String> headers(Message message) {
        return message.head.headers().entries().stream()
                .map(header -> header.getKey() + ": " + header.getValue())
                .toList();
    }

    private static List<Message> messages(byte[] bytes, ChannelHandler decoder) {
        EmbeddedChannel channel = new EmbeddedChannel(decoder);
        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
        List<Message> messages = new ArrayList<>();
        // What the end of the connection would complete is left out: here, every body has a length or comes in chunks.
        drain(channel, messages);
        channel.finishAndReleaseAll();
        return messages;
    }

    private static void drain(EmbeddedChannel channel, List<Message> messages) {
        HttpObject next;
        while ((next = channel.readInbound()) != null) {
            if (next.decoderResult().isFailure()) {
                throw new AssertionError("not HTTP", next.decoderResult().cause());
            }
            if (next instanceof HttpMessage head) {
                messages.add(new Message(head));
            }
            if (next instanceof HttpContent content) {
                messages.get(messages.size() - 1).add(content);
            }
            ReferenceCountUtil.release(next);
        }
    }

    /** A head and as much of its body as there is, one character per byte. */
    private static final class Message {
        final HttpMessage head;
        final StringBuilder body = new StringBuilder();
        boolean isComplete;

        Message(HttpMessage head) {
            this.head = head;
        }

        void add(HttpContent content) {
            body.append(content.content().toString(StandardCharsets.ISO_8859_1));
            isComplete |= content instanceof LastHttpContent;
        }
    }
}
