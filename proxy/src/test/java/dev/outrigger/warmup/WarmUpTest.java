package dev.outrigger.warmup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.testing.Await;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.EventLoops;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(120)
class WarmUpTest {
    private final EventLoops transport = EventLoops.probe(Transport.AUTO);
    private final EventLoopGroup loops = transport.open(2, "warm-up-test");
    private final WarmUp warmUp = new WarmUp(new WarmUp.Surroundings(
            loops,
            transport,
            DefaultAddressResolverGroup.INSTANCE,
            Runnable::run,
            NanoClock.SYSTEM,
            new SplittableRandom(1)));

    @AfterEach
    void endLoops() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void itRunsTheScriptManyTimesAndEndsByItself() throws Exception {
        WarmUpResult result = warmUp.run(Duration.ofSeconds(90));

        assertTrue(result.isSettled(), result.toString());
        assertTrue(result.exchanges() >= 4L * Script.ROUND.size(), result.toString());
    }

    @Test
    void itEndsWhenItsTimeIsOver() throws Exception {
        WarmUpResult result = warmUp.run(Duration.ofNanos(1));

        assertFalse(result.isSettled());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void noSocketIsLeft() throws Exception {
        long before = sockets();

        warmUp.run(Duration.ofSeconds(2));

        Await.until("every socket is closed", Duration.ofSeconds(20), () -> sockets() <= before);
    }

    @Test
    void everyStepOfTheScriptIsFoundByItsFirstBytes() {
        for (Script.Step step : Script.ROUND) {
            if (step.answer().length > 0) {
                assertEquals(step, Script.of(ByteBuffer.wrap(step.request())));
            }
        }
    }

    /** Of this process. */
    private static long sockets() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(WarmUpTest::isSocket).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // Closed since it was listed.
        }
    }
}
