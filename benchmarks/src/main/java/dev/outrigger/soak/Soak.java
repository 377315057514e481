package dev.outrigger.soak;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.transport.EventLoops;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Directs the run: starts everything, does one fault after the other, and asks in the end who has counted what. */
@Command(name = "soak", description = "Many clients, mixed calls, one fault at a time", mixinStandardHelpOptions = true)
public final class Soak implements Callable<Integer> {
    private static final int REPLICAS = 3;
    private static final int LEAVE_SECONDS = 45;
    private static final int QUIET_SECONDS = 15;
    /** Until all clients are there at the latest, and the first sample is worth something. */
    private static final int SETTLE_SECONDS = 10;

    @Spec
    private CommandSpec spec;

    @Option(names = "--launcher", required = true, description = "what starts the sidecar")
    private Path launcher;

    @Option(names = "--config", required = true, description = "the sidecar's configuration, with ports to fill in")
    private Path template;

    @Option(names = "--directory", required = true, description = "for files of the run that nobody keeps")
    private Path directory;

    @Option(names = "--out", required = true, description = "the report, without .md and .json")
    private Path out;

    @Option(names = "--minutes", defaultValue = "10", description = "of load (${DEFAULT-VALUE})")
    private int minutes;

    @Option(names = "--clients", defaultValue = "1000", description = "at once (${DEFAULT-VALUE})")
    private int clients;

    @Option(names = "--every", defaultValue = "20", description = "seconds from fault to fault (${DEFAULT-VALUE})")
    private int everySeconds;

    @Option(names = "--fact", description = "NAME=VALUE for the report")
    private Map<String, String> facts = new LinkedHashMap<>();

    private final ConcurrentLinkedDeque<AutoCloseable> started = new ConcurrentLinkedDeque<>();
    private final Tally tally = new Tally();
    private final List<FaultRecord> faults = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    public static void main(String[] args) {
        System.exit(new CommandLine(new Soak()).execute(args));
    }

    /** Exit code 0 if no client was left hanging and all counts agree, else 1. */
    @Override
    public Integer call() throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end"));
        Findings findings = run();
        Files.writeString(Path.of(out + ".json"), SoakJson.of(findings));
        Files.writeString(Path.of(out + ".md"), SoakMarkdown.of(findings));
        return findings.isFine() ? 0 : 1;
    }

    private <T extends AutoCloseable> T ending(T made) {
        started.push(made);
        return made;
    }

    private void end() {
        AutoCloseable next;
        while ((next = started.poll()) != null) {
            try {
                next.close();
            } catch (Exception e) {
                say("not ended: " + e);
            }
        }
    }

    private Findings run() throws IOException, InterruptedException {
        List<Replica> replicas = new ArrayList<>();
        for (int i = 0; i < REPLICAS; i++) {
            replicas.add(ending(Replica.start(Ports.free(), directory)));
        }
        Replica standby = ending(Replica.start(Ports.free(), directory));
        RunningSidecar sidecar = ending(RunningSidecar.start(launcher, filledIn(replicas, standby), directory));
        facts.put("sidecar", sidecar.options());
        say("ready; " + clients + " clients for " + minutes + " minutes");

        EventLoops loops = EventLoops.probe(Epoll.isAvailable() ? Transport.EPOLL : Transport.NIO);
        EventLoop loop = loops.open(1, "clients").next();
        long startNanos = System.nanoTime();
        Crowd crowd = Crowd.start(loop, loops.socketChannel(), tally, sidecar.port(), clients);
        Waiting.until(SETTLE_SECONDS, () -> areAllThere(sidecar));
        samples.add(sidecar.sample(secondsSince(startNanos)));
        injectAll(loop, new Faults(sidecar, replicas, standby), sidecar, startNanos);

        crowd.leave();
        boolean allLeft = Waiting.until(LEAVE_SECONDS, () -> crowd.left() == 0);
        crowd.end();
        Scrape scrape = lastScrape(sidecar, secondsSince(startNanos));
        List<Check> checks = Check.of(tally, scrape);
        judge(sidecar, allLeft, checks);
        return new Findings(facts, tally, scrape, faults, samples, checks, problems);
    }

    private boolean areAllThere(RunningSidecar sidecar) throws InterruptedException {
        try {
            return sidecar.scrape().sum("outrigger_downstream_connections") >= clients;
        } catch (IOException e) {
            return false;
        }
    }

    private String filledIn(List<Replica> replicas, Replica standby) throws IOException {
        String text = Files.readString(template);
        for (int i = 0; i < replicas.size(); i++) {
            text = text.replace(
                    "@REPLICA_" + i + "@", Integer.toString(replicas.get(i).port()));
        }
        return text.replace("@STANDBY@", Integer.toString(standby.port()));
    }

    private void injectAll(EventLoop loop, Faults injected, RunningSidecar sidecar, long startNanos)
            throws InterruptedException {
        long everyNanos = TimeUnit.SECONDS.toNanos(everySeconds);
        long endNanos = startNanos + TimeUnit.MINUTES.toNanos(minutes);
        for (int i = 0; startNanos + (i + 2) * everyNanos - endNanos <= 0; i++) {
            Waiting.untilNanos(startNanos + (i + 1) * everyNanos);
            FaultKind kind = FaultKind.nth(i);
            try {
                samples.add(sidecar.sample(secondsSince(startNanos)));
                inject(loop, injected, kind);
            } catch (IOException e) {
                // The load goes on: what has become of it is worth more than an early end.
                problems.add(kind.label() + ": " + e.getMessage());
            }
        }
        Waiting.untilNanos(endNanos);
    }

    private void inject(EventLoop loop, Faults injected, FaultKind kind) throws IOException, InterruptedException {
        FaultRecord fault = new FaultRecord(kind, System.nanoTime());
        faults.add(fault);
        loop.submit(() -> tally.onFault(fault)).syncUninterruptibly();
        injected.begin(kind);
        Waiting.untilNanos(fault.beganNanos() + kind.lengthNanos());
        injected.end(kind);
        loop.submit(() -> fault.onOver(System.nanoTime())).syncUninterruptibly();
        say(kind.description());
    }

    /** When all agree, or it seems that they never will: a worker that is late is not in a scrape yet. */
    private Scrape lastScrape(RunningSidecar sidecar, long atSeconds) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
        try {
            Scrape scrape = sidecar.scrape();
            while (!Check.of(tally, scrape).stream().allMatch(Check::agrees) && System.nanoTime() - endNanos < 0) {
                Waiting.untilNanos(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200));
                scrape = sidecar.scrape();
            }
            samples.add(sidecar.sample(atSeconds));
            return scrape;
        } catch (IOException e) {
            problems.add("the sidecar does not say what it has counted: " + e.getMessage());
            return new Scrape("");
        }
    }

    private void judge(RunningSidecar sidecar, boolean allLeft, List<Check> checks) {
        Map<String, Long> verdicts = tally.verdicts();
        for (String never : List.of(Verdict.HUNG, Verdict.WRONG)) {
            long count = verdicts.getOrDefault(never, 0L);
            if (count > 0) {
                problems.add(count + " calls: " + never);
            }
        }
        if (!allLeft) {
            problems.add("clients were left hanging at the end");
        }
        if (!sidecar.isAlive()) {
            problems.add("the sidecar has ended");
        }
        for (Check check : checks) {
            if (!check.agrees()) {
                problems.add(check.what() + ": " + check.clients() + " by the clients, " + check.sidecar()
                        + " by the sidecar");
            }
        }
    }

    private static long secondsSince(long startNanos) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
    }

    private void say(String text) {
        spec.commandLine().getErr().println("soak: " + text);
    }
}
