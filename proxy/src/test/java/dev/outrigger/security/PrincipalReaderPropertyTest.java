package dev.outrigger.security;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PrincipalReaderPropertyTest {
    @Property(tries = 500)
    void anyTextIsReadWithoutAnException(@ForAll String text) {
        PrincipalReader.read(text);
        PrincipalReader.read("Bearer " + text);
        PrincipalReader.read("Bearer e30." + text + ".x");
        PrincipalReader.read(PrincipalReaderTest.bearer(text));
        PrincipalReader.read(PrincipalReaderTest.basic(text));
    }
}
