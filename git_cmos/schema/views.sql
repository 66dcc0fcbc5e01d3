-- What earlier versions of the format called things, for SQL that was written against them, and
-- what is derived. "Current" is here as it looks over the whole view; `git cmos next` also asks
-- which branch you stand on.
CREATE VIEW promoted AS               -- the mission that is Current by derivation, or no row
  SELECT m.id FROM missions m LEFT JOIN sprints s ON s.id = m.sprint_id
  WHERE m.status = 'Queued'
    AND NOT EXISTS (SELECT 1 FROM missions WHERE status IN ('In Progress', 'Current'))
    AND NOT EXISTS (
      SELECT 1 FROM mission_dependencies d LEFT JOIN missions n ON n.id = d.needed
      WHERE d.needer = m.id AND d.hard AND n.status IS NOT 'Completed')
  ORDER BY s.added_at IS NULL, s.added_at, s.added_id, m.added_at, m.added_id LIMIT 1;

CREATE VIEW active_missions AS        -- In Progress, made Current, or Current by derivation
  SELECT m.id, m.name, CASE WHEN m.status = 'Queued' THEN 'Current' ELSE m.status END AS status,
    m.started_at, m.completed_at, m.notes, m.sprint_id, s.title AS sprint_title
  FROM missions m LEFT JOIN sprints s ON s.id = m.sprint_id
  WHERE m.status IN ('In Progress', 'Current') OR m.id IN (SELECT id FROM promoted);

CREATE VIEW mission_details AS        -- missions with the title of their sprint
  SELECT m.id, m.name, m.status, m.sprint_id, s.title AS sprint_title, m.objective, m.context,
    m.success_criteria, m.deliverables, m.reference_docs, m.domain_fields, m.metadata,
    m.created_at, m.started_at, m.completed_at, m.notes, m.blocked_reason, m.validation_score,
    m.approval_state
  FROM missions m LEFT JOIN sprints s ON s.id = m.sprint_id;

CREATE VIEW sprint_summary AS         -- sprints with their counts
  SELECT s.id AS sprint_id, s.title, s.status, s.focus, s.start_date, s.end_date,
    count(m.id) AS total_missions,
    count(CASE WHEN m.status = 'Completed' THEN 1 END) AS completed_missions,
    count(CASE WHEN m.status = 'Blocked' THEN 1 END) AS blocked_missions,
    count(CASE WHEN m.status IN ('In Progress', 'Current') THEN 1 END) AS active_missions,
    (SELECT count(*) FROM strategic_decisions d WHERE d.sprint_id = s.id) AS decisions_count
  FROM sprints s LEFT JOIN missions m ON m.sprint_id = s.id
  GROUP BY s.id ORDER BY s.added_at, s.added_id;

CREATE VIEW strategic_decisions AS    -- decisions, with the sprint of their session or mission
  SELECT d.id, 'master_context' AS context_id, d.title AS decision_text, d.title AS decision,
    d.rationale, d.ts AS created_at, coalesce(s.sprint_id, m.sprint_id) AS sprint_id,
    d.mission_id, coalesce(s.name, d.session_id) AS session_id, d.agent, d.commit_oid,
    CASE WHEN d.superseded_by IS NULL THEN 'active' ELSE 'superseded' END AS status,
    d.superseded_by
  FROM decisions d LEFT JOIN session_rows s ON s.key = d.session_id
    LEFT JOIN missions m ON m.id = d.mission_id;

CREATE VIEW project_state AS          -- the answer in brief: current_mission, current_sprint
  SELECT 'current_mission' AS key, (
    SELECT id FROM (
      SELECT m.id, m.status = 'Current' AS place, s.added_at AS sprint_at, m.added_at, m.added_id
      FROM missions m LEFT JOIN sprints s ON s.id = m.sprint_id
      WHERE m.status IN ('In Progress', 'Current')
      UNION ALL SELECT id, 2, 0, 0, '' FROM promoted)
    ORDER BY place, sprint_at IS NULL, sprint_at, added_at, added_id LIMIT 1) AS value
  UNION ALL SELECT 'current_sprint', coalesce(
    (SELECT id FROM sprints WHERE status = 'Current' ORDER BY added_at, added_id LIMIT 1),
    (SELECT sprint_id FROM active_missions WHERE sprint_id IS NOT NULL LIMIT 1));
