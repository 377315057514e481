/**
 * Writing JSON: the one place where text is escaped for the access log, the application log and the admin interface.
 *
 * <p>Owning thread: none; a writer belongs to whoever made it. Floor 1.
 */
@NullMarked
package dev.outrigger.json;

import org.jspecify.annotations.NullMarked;
