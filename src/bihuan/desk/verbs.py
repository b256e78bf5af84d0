"""The acts in words, for timelines and the journal."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "receive_list": _("接收名单"),
    "dispatch_list": _("派发乡镇"),
    "name_team": _("组建三人小组"),
    "assign_row": _("指派走访人"),
    "report_visit": _("上报走访"),
    "settle_match": _("核对疑似同一人"),
    "route_row": _("确定属地"),
    "hand_over_row": _("移交外地"),
    "return_row": _("退回推送方"),
    "reopen_row": _("重开"),
    "close_list": _("检查是否全部办结"),
    "reply_list": _("复函"),
    "add_off_list": _("登记名单外人员"),
    "merge_persons": _("合并档案"),
    "unmerge_persons": _("撤销合并"),
    "find_doubles": _("全库查重"),
    "settle_double": _("判定疑似重复"),
    "reveal_person": _("查看个人信息"),
    "load_territory": _("载入区划"),
    "load_residents": _("载入人口底册"),
    "add_unit": _("登记单位"),
    "add_post": _("登记岗位"),
    "add_member": _("开通账号"),
    "close_member": _("停用账号"),
    "name_posting": _("任岗"),
    "confirm_posting": _("确认在岗"),
    "mark_absent": _("标记离岗"),
    "fill_shift": _("排班"),
    "acknowledge_shift": _("接班确认"),
    "issue_token": _("发放设备令牌"),
    "revoke_token": _("吊销设备令牌"),
    "open_task": _("交办任务"),
    "close_task": _("销号"),
    "raise_clock": _("提醒或上报"),
    "mark_read": _("已读"),
    "save_view": _("保存视图"),
    "set_response": _("启动响应"),
    "stage_upload": _("上传名单文件"),
    "drop_upload": _("放弃上传"),
    "add_facility": _("登记隔离点"),
    "name_facility_seat": _("填写责任人"),
    "check_site": _("隔离点检查"),
    "open_site": _("启用隔离点"),
    "close_site": _("关闭隔离点"),
    "set_room_ready": _("房间状态"),
    "remind_site_check": _("提醒定期检查"),
    "open_follow_up": _("形成任务"),
}


def verb_label(verb: str) -> str:
    """The act in the visitor's language; an act without words shows its name."""
    return str(LABELS.get(verb, verb))
