package dev.outrigger.admin;

import dev.outrigger.config.model.RuntimeConfig.Transport;

/** With whatever the machine prefers; half-closed sockets are where the transports differ. */
class OpsPortNativeTest extends OpsPortContract {
    OpsPortNativeTest() {
        super(Transport.AUTO);
    }
}
