package dev.outrigger.admin;

import dev.outrigger.config.model.RuntimeConfig.Transport;

class OpsPortNioTest extends OpsPortContract {
    OpsPortNioTest() {
        super(Transport.NIO);
    }
}
