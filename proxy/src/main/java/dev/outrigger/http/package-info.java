/**
 * The seams between a connection and an exchange: who may call whom, and the rules of HTTP that hold on either side.
 *
 * <p>Netty's HTTP objects are the common message model, because the codecs of HTTP/1.1 and of HTTP/2 streams both speak it.
 *
 * <p>Owning thread: the worker's loop. Floor 3.
 */
@NullMarked
package dev.outrigger.http;

import org.jspecify.annotations.NullMarked;
