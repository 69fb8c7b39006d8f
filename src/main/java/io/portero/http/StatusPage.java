package io.portero.http;

import io.quarkus.qute.TemplateInstance;

/** The page {@code /}, which the template of the same name makes of a view, escaping all of it. */
public record StatusPage(StatusView view) implements TemplateInstance {}
