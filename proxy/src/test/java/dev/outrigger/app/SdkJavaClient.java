package dev.outrigger.app;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientSseClientTransport;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** The official Java client in this process, with scenarios for {@link SdkJavaServer}; its path chooses the transport. */
final class SdkJavaClient implements ScenarioClient {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private static final Map<String, BiConsumer<McpSyncClient, SdkTranscript>> SCENARIOS = Map.ofEntries(
            Map.entry("initialize", SdkJavaClient::initialize),
            Map.entry("tools", SdkJavaClient::tools),
            Map.entry("resources", SdkJavaClient::resources),
            Map.entry("prompts", SdkJavaClient::prompts),
            Map.entry("completion", SdkJavaClient::completion),
            Map.entry("progress", SdkJavaClient::progress),
            Map.entry("logging", SdkJavaClient::logging),
            Map.entry("questions", SdkJavaClient::questions),
            Map.entry("subscriptions", SdkJavaClient::subscriptions));

    @Override
    public String run(String scenario, URI url) throws Exception {
        SdkTranscript transcript = new SdkTranscript();
        try (McpSyncClient client = connect(url, transcript)) {
            SCENARIOS.get(scenario).accept(client, transcript);
            client.closeGracefully();
        }
        return transcript.text();
    }

    private static McpSyncClient connect(URI url, SdkTranscript transcript) {
        McpSyncClient client = McpClient.sync(transport(url))
                .requestTimeout(DEADLINE)
                .clientInfo(
                        McpSchema.Implementation.builder("outrigger-test", "1").build())
                .capabilities(McpSchema.ClientCapabilities.builder()
                        .sampling()
                        .elicitation()
                        .build())
                .sampling(request -> {
                    transcript.receive("sampling", request);
                    return McpSchema.CreateMessageResult.builder(McpSchema.Role.ASSISTANT, "a very long story", "none")
                            .build();
                })
                .elicitation(request -> {
                    transcript.receive("elicitation", request);
                    return new McpSchema.ElicitResult(McpSchema.ElicitResult.Action.ACCEPT, Map.of("answer", "blue"));
                })
                .progressConsumer(progress -> transcript.receive("progress", progress))
                .loggingConsumer(message -> transcript.receive("message", message))
                .toolsChangeConsumer(tools -> transcript.receive("tools", tools.size()))
                .resourcesUpdateConsumer(contents -> transcript.receive("updated", contents))
                .build();
        transcript.note("initialize", client.initialize());
        return client;
    }

    /** The transport of two endpoints is deprecated, but it is around. */
    @SuppressWarnings("deprecation")
    private static McpClientTransport transport(URI url) {
        String server = url.getScheme() + "://" + url.getAuthority();
        return url.getPath().equals(SdkJavaServer.SSE)
                ? HttpClientSseClientTransport.builder(server)
                        .sseEndpoint(url.getPath())
                        .build()
                : HttpClientStreamableHttpTransport.builder(server)
                        .endpoint(url.getPath())
                        .build();
    }

    private static CallToolResult call(McpSyncClient client, String tool, Map<String, Object> arguments) {
        return client.callTool(CallToolRequest.builder(tool)
                .arguments(arguments)
                .progressToken("for " + tool)
                .build());
    }

    private static void initialize(McpSyncClient client, SdkTranscript transcript) {
        transcript.step("ping", client::ping);
    }

    private static void tools(McpSyncClient client, SdkTranscript transcript) {
        transcript.step("list", client::listTools);
        transcript.step("echo", () -> call(client, "echo", Map.of("message", "grüße, \"Welt\" \\ \u0001")));
        transcript.step("large", () -> call(client, "large", Map.of()));
        transcript.step("large request", () -> call(client, "echo", Map.of("message", "x".repeat(200_000))));
        transcript.step("tool error", () -> call(client, "fail", Map.of()));
        transcript.step("unknown tool", () -> call(client, "nowhere", Map.of()));
    }

    private static void resources(McpSyncClient client, SdkTranscript transcript) {
        transcript.step("list", client::listResources);
        transcript.step("templates", client::listResourceTemplates);
        transcript.step(
                "read",
                () -> client.readResource(
                        McpSchema.ReadResourceRequest.builder("test://greeting").build()));
        transcript.step(
                "letter",
                () -> client.readResource(McpSchema.ReadResourceRequest.builder("test://letter/anna")
                        .build()));
        transcript.step(
                "unknown",
                () -> client.readResource(
                        McpSchema.ReadResourceRequest.builder("test://nowhere").build()));
    }

    private static void prompts(McpSyncClient client, SdkTranscript transcript) {
        transcript.step("list", client::listPrompts);
        Map<String, Object> arguments = Map.of("language", "Greek");
        transcript.step(
                "get",
                () -> client.getPrompt(McpSchema.GetPromptRequest.builder("translate")
                        .arguments(arguments)
                        .build()));
        transcript.step(
                "unknown",
                () -> client.getPrompt(McpSchema.GetPromptRequest.builder("nowhere")
                        .arguments(Map.of())
                        .build()));
    }

    private static void completion(McpSyncClient client, SdkTranscript transcript) {
        transcript.step(
                "complete",
                () -> client.completeCompletion(McpSchema.CompleteRequest.builder(
                                McpSchema.PromptReference.builder("translate").build(),
                                new McpSchema.CompleteRequest.CompleteArgument("language", "G"))
                        .build()));
    }

    private static void progress(McpSyncClient client, SdkTranscript transcript) {
        transcript.step("count", () -> call(client, "count", Map.of()));
        transcript.awaitReceived(5);
    }

    private static void logging(McpSyncClient client, SdkTranscript transcript) {
        transcript.step("set level", () -> {
            client.setLoggingLevel(McpSchema.LoggingLevel.INFO);
            return List.of();
        });
        transcript.step("log", () -> call(client, "log", Map.of()));
        transcript.awaitReceived(2);
    }

    private static void questions(McpSyncClient client, SdkTranscript transcript) {
        transcript.step("ask", () -> call(client, "ask", Map.of("question", "which colour?")));
        transcript.step("ask the model", () -> call(client, "ask-model", Map.of("prompt", "tell me a story")));
    }

    private static void subscriptions(McpSyncClient client, SdkTranscript transcript) {
        transcript.step("listen", () -> call(client, "await-listening", Map.of()));
        transcript.step("subscribe", () -> {
            client.subscribeResource(
                    McpSchema.SubscribeRequest.builder("test://greeting").build());
            return List.of();
        });
        transcript.step("touch", () -> call(client, "touch", Map.of()));
        transcript.awaitReceived(1);
        transcript.step("grow", () -> call(client, "grow", Map.of()));
        transcript.awaitReceived(2);
    }
}
