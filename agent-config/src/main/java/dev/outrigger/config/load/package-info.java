/**
 * From a HOCON file to a complete, validated {@link dev.outrigger.config.model.ProxyConfig}, or to every problem at once.
 *
 * <p>{@code ConfigLoader} parses and resolves; {@code ConfigReader} reads typed values, the operator's own before those of
 * {@code reference.conf}, and rejects what nobody asked for; the {@code …Section} classes know the keys; {@code
 * ConfigValidator} looks across fields; {@code ConfigRenderer} goes the way back for people to read.
 *
 * <p>For what happens to a configuration later there are {@code ConfigWatcher}, which tells that the files have changed, {@code
 * ConfigDiff}, what that changes, and {@code ConfigHash}, which one is in force.
 *
 * <p>Owning thread: whichever calls, nothing is shared; the watcher has one of its own. Floor 1.
 */
@NullMarked
package dev.outrigger.config.load;

import org.jspecify.annotations.NullMarked;
