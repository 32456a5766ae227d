package dev.pawl.tool;

import tools.jackson.databind.JsonNode;

/**
 * What placeholders stand for in one attempt.
 *
 * @param input with defaults
 * @param job its id
 * @param attempt its number
 */
public record TemplateValues(JsonNode input, String job, int attempt, InputFiles files) {}
