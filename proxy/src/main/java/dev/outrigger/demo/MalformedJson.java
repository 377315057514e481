package dev.outrigger.demo;

/** A text that is not JSON; the message says where it stops being so. */
final class MalformedJson extends Exception {
    MalformedJson(int position, String expected) {
        super("not JSON at character " + position + ", expected " + expected, null, false, false);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
