package io.portero.http;

import io.quarkus.qute.TemplateInstance;

/** The page {@code /}, rendered from a view by the template of the same name, which escapes all text. */
public record StatusPage(StatusView view) implements TemplateInstance {}
