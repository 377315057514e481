package dev.outrigger.app;

import static io.modelcontextprotocol.spec.McpSchema.LoggingLevel.DEBUG;
import static io.modelcontextprotocol.spec.McpSchema.LoggingLevel.ERROR;
import static io.modelcontextprotocol.spec.McpSchema.LoggingLevel.INFO;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServer.SyncSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncCompletionSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncPromptSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceTemplateSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.server.transport.HttpServletSseServerTransportProvider;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import jakarta.servlet.http.HttpServlet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/** The official Java SDK's servlets in a servlet container: Streamable HTTP at {@link #STREAMABLE}, HTTP+SSE at {@link #SSE}. */
final class SdkJavaServer implements ScenarioServer {
    static final String STREAMABLE = "/java/mcp";
    static final String SSE = "/java/sse";

    private static final String MESSAGES = "/java/message";
    private static final String GREETING = "test://greeting";
    private static final Map<String, Object> ANY_OBJECT = Map.of("type", "object");

    /** Held, because a logger that nobody holds forgets its level. */
    private final Logger containerLog = Logger.getLogger("org.apache");

    private final Tomcat tomcat = new Tomcat();
    private final Connector connector = new Connector();
    private final Set<String> listening = ConcurrentHashMap.newKeySet();

    /** The transport of two endpoints is deprecated, but it is around. */
    @SuppressWarnings("deprecation")
    SdkJavaServer(Path directory) throws Exception {
        containerLog.setLevel(Level.WARNING);
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        tomcat.setBaseDir(
                Files.createDirectories(directory.resolve("container")).toString());
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", directory.toString());
        HttpServletStreamableServerTransportProvider streamable = HttpServletStreamableServerTransportProvider.builder()
                .mcpEndpoint(STREAMABLE)
                .build();
        HttpServletSseServerTransportProvider sse = HttpServletSseServerTransportProvider.builder()
                .sseEndpoint(SSE)
                .messageEndpoint(MESSAGES)
                .build();
        serve(context, streamable, "streamable", STREAMABLE);
        serve(context, sse, "sse", SSE, MESSAGES);
        build(McpServer.sync(streamable), session -> SdkListening.await(listening, session));
        // There the stream comes before everything else.
        build(McpServer.sync(sse), session -> {});
        SdkListening.watch(context, STREAMABLE, listening);
        tomcat.start();
    }

    private static void serve(Context context, HttpServlet servlet, String name, String... paths) {
        Tomcat.addServlet(context, name, servlet).setAsyncSupported(true);
        for (String path : paths) {
            context.addServletMapping(path, name);
        }
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void build(SyncSpecification<?> specification, Consumer<String> awaitListening) {
        McpSyncServer[] server = new McpSyncServer[1];
        server[0] = specification
                .serverInfo("fixture", "1.0.0")
                .instructions("Made for tests.")
                .capabilities(McpSchema.ServerCapabilities.builder()
                        .tools(true)
                        .resources(true, true)
                        .prompts(true)
                        .logging()
                        .completions()
                        .build())
                .tools(plainTools())
                .tools(askingTools())
                .tools(changes(server, awaitListening))
                .resources(new SyncResourceSpecification(
                        McpSchema.Resource.builder(GREETING, "greeting")
                                .mimeType("text/plain")
                                .build(),
                        (exchange, request) -> contents(request.uri(), "grüß dich")))
                .resourceTemplates(new SyncResourceTemplateSpecification(
                        McpSchema.ResourceTemplate.builder("test://letter/{name}", "letter")
                                .build(),
                        (exchange, request) -> contents(request.uri(), "Dear you")))
                .prompts(new SyncPromptSpecification(
                        McpSchema.Prompt.builder("translate")
                                .description("Into a language")
                                .arguments(List.of(McpSchema.PromptArgument.builder("language")
                                        .description("which")
                                        .required(true)
                                        .build()))
                                .build(),
                        (exchange, request) ->
                                prompt("Into " + request.arguments().get("language") + ", please.")))
                .completions(new SyncCompletionSpecification(
                        new McpSchema.PromptReference("translate"),
                        (exchange, request) -> completions(request.argument().value())))
                .build();
    }

    private static List<SyncToolSpecification> plainTools() {
        return List.of(
                tool("echo", (exchange, request) -> text(argument(request, "message"))),
                tool("fail", (exchange, request) -> CallToolResult.builder()
                        .addTextContent("it went wrong")
                        .isError(true)
                        .build()),
                tool("large", (exchange, request) -> text("0123456789abcdef".repeat(20_000))),
                tool("count", SdkJavaServer::count),
                tool("log", SdkJavaServer::log));
    }

    private static List<SyncToolSpecification> askingTools() {
        return List.of(
                tool("ask", (exchange, request) -> {
                    McpSchema.ElicitResult answer = exchange.createElicitation(McpSchema.ElicitFormRequest.builder(
                                    argument(request, "question"),
                                    Map.of("type", "object", "properties", Map.of("answer", Map.of("type", "string"))))
                            .build());
                    return text(answer.action() + ": " + answer.content());
                }),
                tool("ask-model", (exchange, request) -> {
                    McpSchema.CreateMessageResult answer =
                            exchange.createMessage(McpSchema.CreateMessageRequest.builder(
                                            List.of(new McpSchema.SamplingMessage(
                                                    McpSchema.Role.USER,
                                                    McpSchema.TextContent.builder(argument(request, "prompt"))
                                                            .build())),
                                            10)
                                    .build());
                    return text(answer.model() + ": " + ((McpSchema.TextContent) answer.content()).text());
                }));
    }

    /** @param server filled in once it is there */
    private static List<SyncToolSpecification> changes(McpSyncServer[] server, Consumer<String> awaitListening) {
        return List.of(
                tool("touch", (exchange, request) -> {
                    server[0].notifyResourcesUpdated(new McpSchema.ResourcesUpdatedNotification(GREETING));
                    return text("touched");
                }),
                tool("grow", (exchange, request) -> {
                    server[0].notifyToolsListChanged();
                    return text("said so");
                }),
                tool("await-listening", (exchange, request) -> {
                    awaitListening.accept(exchange.sessionId());
                    return text("listening");
                }));
    }

    private static CallToolResult count(McpSyncServerExchange exchange, CallToolRequest request) {
        Object token = request.meta().get("progressToken");
        for (double n = 1; n <= 5; n++) {
            exchange.progressNotification(
                    McpSchema.ProgressNotification.builder(token, n).total(5.0).build());
        }
        return text("counted");
    }

    private static CallToolResult log(McpSyncServerExchange exchange, CallToolRequest request) {
        for (McpSchema.LoggingLevel level : List.of(DEBUG, INFO, ERROR)) {
            exchange.loggingNotification(McpSchema.LoggingMessageNotification.builder(level, "said at " + level)
                    .logger("fixture")
                    .build());
        }
        return text("logged");
    }

    private static SyncToolSpecification tool(
            String name, BiFunction<McpSyncServerExchange, CallToolRequest, CallToolResult> handler) {
        return new SyncToolSpecification(
                McpSchema.Tool.builder(name, ANY_OBJECT)
                        .description("does what it says")
                        .build(),
                handler);
    }

    private static String argument(CallToolRequest request, String name) {
        return String.valueOf(request.arguments().get(name));
    }

    private static CallToolResult text(String text) {
        return CallToolResult.builder().addTextContent(text).build();
    }

    private static McpSchema.ReadResourceResult contents(String uri, String text) {
        return McpSchema.ReadResourceResult.builder(List.of(McpSchema.TextResourceContents.builder(uri, text)
                        .mimeType("text/plain")
                        .build()))
                .build();
    }

    private static McpSchema.GetPromptResult prompt(String text) {
        McpSchema.Content content = McpSchema.TextContent.builder(text).build();
        return McpSchema.GetPromptResult.builder(List.of(new McpSchema.PromptMessage(McpSchema.Role.USER, content)))
                .build();
    }

    private static McpSchema.CompleteResult completions(String begin) {
        List<String> values = List.of("German", "Greek", "Welsh").stream()
                .filter(value -> value.startsWith(begin))
                .toList();
        return new McpSchema.CompleteResult(
                new McpSchema.CompleteResult.CompleteCompletion(values, values.size(), false));
    }
}
