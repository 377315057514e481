package dev.outrigger.app;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Signals of the operating system.
 *
 * <p>Through {@code sun.misc.Signal}, which stands in {@code jdk.unsupported} and so in every JDK, but without a supported
 * alternative: a shutdown hook hears of the first SIGTERM alone and of no SIGHUP. By reflection, because the compiler warns of
 * each use of it, and a warning ends the build.
 */
final class Signals {
    private Signals() {}

    /**
     * Takes a signal over from the JVM. One that this process was started to ignore, as {@code nohup} does it, stays ignored.
     *
     * @param name without SIG: {@code HUP}
     * @param action runs on a new thread each time
     * @return false if it can not be had: no such signal here, or the JVM runs with {@code -Xrs}
     */
    static boolean handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object relay = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(),
                    new Class<?>[] {handler},
                    (self, method, arguments) -> relay(action, method, arguments));
            Object named = signal.getConstructor(String.class).newInstance(name);
            signal.getMethod("handle", signal, handler).invoke(null, named, relay);
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /** The handler's own method runs the action; equality and text are the action's. */
    private static Object relay(Runnable action, Method method, Object[] arguments)
            throws ReflectiveOperationException {
        if (method.getDeclaringClass() == Object.class) {
            return method.invoke(action, arguments);
        }
        action.run();
        return action;
    }
}
