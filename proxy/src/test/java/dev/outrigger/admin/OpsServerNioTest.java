package dev.outrigger.admin;

import dev.outrigger.config.model.RuntimeConfig.Transport;

class OpsServerNioTest extends OpsServerContract {
    OpsServerNioTest() {
        super(Transport.NIO);
    }
}
