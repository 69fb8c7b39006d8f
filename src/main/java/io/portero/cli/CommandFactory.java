package io.portero.cli;

import java.time.Clock;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Creates commands and gives each the objects that it uses. */
final class CommandFactory implements IFactory {
    private final Tools tools;

    CommandFactory(Tools tools) {
        this.tools = tools;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        Object command = switch (type.getSimpleName()) {
            case "InitCommand" -> new InitCommand(tools);
            case "RunCommand" -> new RunCommand(tools.daemon());
            case "CheckCommand" -> new CheckCommand(tools);
            case "RenderCommand" -> new RenderCommand(tools);
            case "PlanCommand" -> new PlanCommand(tools);
            case "ApplyCommand" -> new ApplyCommand(tools);
            case "ExplainCommand" -> new ExplainCommand(tools);
            case "ExposureCommand" -> new ExposureCommand(tools);
            case "DoctorCommand" -> new DoctorCommand(tools);
            case "StatusCommand" -> new StatusCommand(tools.firewall(), tools.stage(), tools.host());
            case "WatchCommand" -> new WatchCommand(tools.firewall(), tools.stage(), tools.host(), tools.terminal());
            case "SuggestCommand" -> new SuggestCommand(tools, Clock.systemUTC());
            case "StageCommand" -> new StageCommand(tools, Clock.systemUTC());
            case "ConfirmCommand" -> new ConfirmCommand();
            case "RollbackCommand" -> new RollbackCommand();
            case "HistoryCommand" -> new HistoryCommand(tools);
            case "RestoreCommand" -> new RestoreCommand(tools);
            case "AuditCommand" -> new AuditCommand();
            case "BanCommand" -> new BanCommand(tools);
            case "UnbanCommand" -> new UnbanCommand(tools);
            case "BansCommand" -> new BansCommand(tools);
            case "AllowCommand" -> new AllowCommand(tools);
            case "DisallowCommand" -> new DisallowCommand(tools);
            case "AllowedCommand" -> new AllowedCommand(tools);
            case "ListsCommand" -> new ListsCommand(tools);
            case "TraceCommand" -> new TraceCommand(tools);
            case "RemoveCommand" -> new RemoveCommand(tools.firewall(), tools.stage());
            case "DemoCommand" -> new DemoCommand(tools.demo());
            case "DemoProbeCommand" -> new DemoProbeCommand(tools.probe());
            case "FleetRunCommand" -> new FleetRunCommand(tools.fleet());
            case "FleetCheckCommand" -> new FleetCheckCommand(tools);
            case "FleetPlanCommand" -> new FleetPlanCommand(tools);
            case "FleetSignCommand" -> new FleetSignCommand(tools);
            case "FleetPushCommand" -> new FleetPushCommand(tools.fleet());
            case "FleetRollCommand" -> new FleetRollCommand(tools.fleet());
            case "FleetStatusCommand" -> new FleetStatusCommand(tools.fleet());
            case "FleetBackCommand" -> new FleetBackCommand(tools.fleet());
            default -> CommandLine.defaultFactory().create(type);
        };
        return type.cast(command);
    }
}
